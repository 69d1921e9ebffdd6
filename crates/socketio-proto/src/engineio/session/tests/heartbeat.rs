//! Pings, pongs and what counts as life.

use super::*;

#[test]
fn a_pong_rearms_the_interval_and_a_missing_one_ends() {
    let mut play = Play::websocket();
    assert_eq!(play.deadline(), Some(300));
    assert_eq!(play.at(299), vec![]);
    assert_eq!(play.at(300), vec![send(WS, &["2"])]);
    assert_eq!(play.deadline(), Some(500));
    play.now = Duration::from_millis(350);
    assert_eq!(play.input(socket_text(WS, "3")), vec![]);
    assert_eq!(play.deadline(), Some(650));
    assert_eq!(play.at(650), vec![send(WS, &["2"])]);
    assert_eq!(play.at(849), vec![]);
    assert_eq!(
        play.at(850),
        vec![
            Output::CloseSocket(WS),
            Output::Closed(CloseReason::PingTimeout)
        ]
    );
    assert_eq!(play.deadline(), None);
}

#[test]
fn another_packet_extends_the_wait_for_a_pong_once() {
    let mut play = Play::websocket();
    play.at(300);
    play.now = Duration::from_millis(400);
    assert_eq!(play.input(socket_text(WS, "4x")), vec![message("x")]);
    assert_eq!(play.deadline(), Some(600));
    play.now = Duration::from_millis(500);
    play.input(socket_text(WS, "4y"));
    assert_eq!(play.deadline(), Some(600));
}

#[test]
fn a_pong_without_a_ping_does_not_put_off_the_next() {
    let mut play = Play::websocket();
    play.now = Duration::from_millis(200);
    play.input(socket_text(WS, "3"));
    assert_eq!(play.deadline(), Some(300));
}

#[test]
fn a_session_that_posts_pongs_but_never_polls_expires() {
    let mut play = Play::polling();
    assert_eq!(play.at(300), vec![]);
    play.now = Duration::from_millis(400);
    assert_eq!(play.post(A, "3"), vec![Output::AnswerPost(A, ACCEPTED)]);
    assert_eq!(play.deadline(), Some(500));
    assert_eq!(play.at(500), vec![Output::Closed(CloseReason::PingTimeout)]);
}

#[test]
fn a_queued_ping_leaves_with_the_next_poll() {
    let mut play = Play::polling();
    play.emit("4x");
    play.at(300);
    assert_eq!(play.input(Input::Poll(A)), vec![answer(A, &["2", "4x"])]);
    play.post(B, "3");
    assert_eq!(play.deadline(), Some(600));
}

#[test]
fn a_ping_timeout_answers_the_waiting_poll() {
    let mut play = Play::polling();
    play.at(300);
    play.input(Input::Poll(A));
    assert_eq!(play.input(Input::Poll(B)), vec![]);
    assert_eq!(
        play.at(500),
        vec![answer(B, &["1"]), Output::Closed(CloseReason::PingTimeout)]
    );
}
