//! How a WebSocket session ends, and how the server closes one.

use super::*;

#[test]
fn websocket_packets_end_a_session_by_their_reason() {
    for (text, reason) in [
        ("1", CloseReason::TransportClose),
        ("2", CloseReason::TransportError),
        ("2probe", CloseReason::TransportError),
        ("", CloseReason::ParseError),
        ("x", CloseReason::ParseError),
    ] {
        let closed = vec![Output::CloseSocket(WS), Output::Closed(reason)];
        assert_eq!(
            Play::websocket().input(socket_text(WS, text)),
            closed,
            "{text:?}"
        );
    }
    for (end, reason) in [
        (SocketEnd::Closed, CloseReason::TransportClose),
        (SocketEnd::Failed, CloseReason::TransportError),
    ] {
        let closed = vec![Output::CloseSocket(WS), Output::Closed(reason)];
        assert_eq!(Play::websocket().input(Input::SocketGone(WS, end)), closed);
    }
}

#[test]
fn a_server_close_takes_the_queue_along() {
    let mut play = Play::websocket();
    play.queue.push(frame("4x"));
    assert_eq!(
        play.close(),
        vec![
            send(WS, &["4x"]),
            Output::CloseSocket(WS),
            Output::Closed(CloseReason::ForcedClose)
        ]
    );

    let mut play = Play::polling();
    play.input(Input::Poll(A));
    play.queue.push(frame("4x"));
    assert_eq!(play.close(), vec![answer(A, &["4x"])]);
    assert_eq!(
        play.input(Input::Poll(B)),
        vec![answer(B, &["1"]), Output::Closed(CloseReason::ForcedClose)]
    );
}

#[test]
fn a_server_close_waits_for_a_poll_as_long_as_the_heartbeat_would() {
    for (interval, until) in [(300, 500), (29_800, 30_000), (25_000_000, 30_000)] {
        let mut play = Play::polling();
        play.session.timings.ping_interval = Duration::from_millis(interval);
        assert_eq!(play.close(), vec![]);
        assert_eq!(play.deadline(), Some(u128::from(until)));
        assert_eq!(play.at(until - 1), vec![]);
        assert_eq!(
            play.at(until),
            vec![Output::Closed(CloseReason::ForcedClose)]
        );
    }
}

#[test]
fn a_closing_session_hears_nothing_and_gives_the_close_to_the_next_poll() {
    let mut play = Play::polling();
    play.close();
    assert_eq!(play.post(B, "4late"), vec![Output::AnswerPost(B, ACCEPTED)]);
    assert_eq!(
        play.input(Input::Poll(A)),
        vec![answer(A, &["1"]), Output::Closed(CloseReason::ForcedClose)]
    );
}

#[test]
fn frames_left_behind_put_off_the_close() {
    let mut play = Play::websocket();
    play.session.close(Duration::ZERO);
    assert_eq!(
        play.session.flush(vec![frame("4x")], false),
        vec![send(WS, &["4x"])]
    );
    assert_eq!(
        play.session.flush(vec![], true),
        vec![
            Output::CloseSocket(WS),
            Output::Closed(CloseReason::ForcedClose)
        ]
    );
}
