//! From polling to a WebSocket.

use super::*;

#[test]
fn an_upgrade_moves_the_queue_after_its_last_packet() {
    let mut play = Play::polling();
    play.input(Input::Poll(A));
    assert_eq!(play.input(Input::SocketOpened(WS)), vec![]);
    assert_eq!(play.deadline(), Some(300));
    assert_eq!(
        play.input(socket_text(WS, "2probe")),
        vec![send(WS, &["3probe"]), answer(A, &["6"])]
    );
    assert_eq!(play.input(Input::Poll(B)), vec![answer(B, &["6"])]);
    assert_eq!(play.emit("4x"), vec![]);
    assert_eq!(play.input(socket_text(WS, "5")), vec![send(WS, &["4x"])]);
    assert_eq!(
        play.input(Input::Poll(CarrierId(9))),
        vec![Output::AnswerPoll(CarrierId(9), PollAnswer::BadRequest)]
    );
    assert_eq!(
        play.input(Input::PostBegun(CarrierId(10))),
        vec![Output::AnswerPost(CarrierId(10), PostAnswer::BadRequest)]
    );
}

#[test]
fn a_ping_that_no_poll_took_leaves_on_the_websocket() {
    let mut play = Play::polling();
    play.input(Input::SocketOpened(WS));
    play.input(socket_text(WS, "2probe"));
    play.at(300);
    assert_eq!(play.input(socket_text(WS, "5")), vec![send(WS, &["2"])]);
}

#[test]
fn a_wrong_frame_closes_the_probing_websocket_only() {
    for frames in [
        &["4x"][..],
        &["5"],
        &["2"],
        &["x"],
        &[""],
        &["2probe", "4x"],
        &["2probe", "2probe"],
    ] {
        let mut play = Play::polling();
        play.input(Input::SocketOpened(WS));
        let last = frames
            .iter()
            .map(|text| play.input(socket_text(WS, text)))
            .last();
        assert_eq!(last, Some(vec![Output::CloseSocket(WS)]), "{frames:?}");
        assert_eq!(
            play.post(A, "4x"),
            vec![message("x"), Output::AnswerPost(A, ACCEPTED)]
        );
    }
}

#[test]
fn a_second_websocket_is_closed_and_the_first_untouched() {
    let mut play = Play::polling();
    play.input(Input::SocketOpened(WS));
    assert_eq!(
        play.input(Input::SocketOpened(WS2)),
        vec![Output::CloseSocket(WS2)]
    );
    play.input(socket_text(WS, "2probe"));
    assert_eq!(
        play.input(Input::SocketOpened(WS2)),
        vec![Output::CloseSocket(WS2)]
    );
    play.input(socket_text(WS, "5"));
    assert_eq!(
        play.input(Input::SocketOpened(WS2)),
        vec![Output::CloseSocket(WS2)]
    );
    assert_eq!(play.input(socket_text(WS2, "4no")), vec![]);
    assert_eq!(
        play.input(Input::SocketGone(WS2, SocketEnd::Closed)),
        vec![]
    );
    assert_eq!(play.input(socket_text(WS, "4yes")), vec![message("yes")]);
}

#[test]
fn a_probe_that_does_not_finish_is_closed_and_polling_survives() {
    let mut play = Play::polling();
    play.session.timings.ping_interval = Duration::from_secs(25);
    play.session.heartbeat = Heartbeat::Resting {
        ping_at: Duration::from_secs(25),
    };
    play.input(Input::SocketOpened(WS));
    assert_eq!(play.deadline(), Some(10_000));
    assert_eq!(play.at(9_999), vec![]);
    assert_eq!(play.at(10_000), vec![Output::CloseSocket(WS)]);
    assert!(play.session.is_open());
    play.input(Input::SocketOpened(WS2));
    assert_eq!(
        play.input(Input::SocketGone(WS2, SocketEnd::Failed)),
        vec![]
    );
    assert!(play.session.is_open());
}
