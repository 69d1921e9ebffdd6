//! GETs and POSTs, and the packets they carry.

use super::*;

#[test]
fn a_poll_waits_for_the_first_frame() {
    let mut play = Play::polling();
    assert_eq!(play.input(Input::Poll(A)), vec![]);
    assert_eq!(play.emit("4x"), vec![answer(A, &["4x"])]);
    assert_eq!(play.emit("4y"), vec![]);
    assert_eq!(play.emit("4z"), vec![]);
    assert_eq!(play.input(Input::Poll(B)), vec![answer(B, &["4y", "4z"])]);
}

#[test]
fn of_two_polls_the_first_ends_and_the_second_is_refused() {
    let mut play = Play::polling();
    play.input(Input::Poll(A));
    assert_eq!(
        play.input(Input::Poll(B)),
        vec![
            answer(A, &["1"]),
            Output::AnswerPoll(B, PollAnswer::Overlap),
            Output::Closed(CloseReason::TransportError),
        ]
    );
}

#[test]
fn of_two_posts_the_second_is_refused_and_the_session_ends() {
    let mut play = Play::polling();
    play.input(Input::Poll(WS));
    play.input(Input::PostBegun(A));
    assert_eq!(
        play.input(Input::PostBegun(B)),
        vec![
            Output::AnswerPost(B, PostAnswer::Overlap),
            answer(WS, &["1"]),
            Output::AnswerPost(A, PostAnswer::BadRequest),
            Output::Closed(CloseReason::TransportError),
        ]
    );
    assert_eq!(play.input(Input::PostBody(A, "4late".into())), vec![]);
}

#[test]
fn a_post_over_the_limit_leaves_the_session_alone() {
    let mut play = Play::polling();
    play.input(Input::PostBegun(A));
    assert_eq!(play.input(Input::PostRefused(A)), vec![]);
    assert_eq!(
        play.post(B, "4x"),
        vec![message("x"), Output::AnswerPost(B, ACCEPTED)]
    );
}

#[test]
fn an_abandoned_poll_or_post_ends_the_session() {
    let mut play = Play::polling();
    play.input(Input::Poll(A));
    assert_eq!(
        play.input(Input::PollGone(A)),
        vec![Output::Closed(CloseReason::TransportError)]
    );

    let mut play = Play::polling();
    play.input(Input::PostBegun(A));
    assert_eq!(
        play.input(Input::PostBroken(A)),
        vec![
            Output::AnswerPost(A, PostAnswer::BadRequest),
            Output::Closed(CloseReason::TransportError)
        ]
    );
}

#[test]
fn a_poll_that_went_away_after_its_answer_is_no_matter() {
    let mut play = Play::polling();
    play.input(Input::Poll(A));
    play.emit("4x");
    assert_eq!(play.input(Input::PollGone(A)), vec![]);
    assert!(play.session.is_open());
}

#[test]
fn packets_of_a_post_are_judged_in_order() {
    let accepted = Output::AnswerPost(A, ACCEPTED);
    let closed = |reason| Output::Closed(reason);
    for (body, expected) in [
        (
            "4a\u{1e}4b",
            vec![message("a"), message("b"), accepted.clone()],
        ),
        (
            "4a\u{1e}x\u{1e}4b",
            vec![
                message("a"),
                accepted.clone(),
                closed(CloseReason::ParseError),
            ],
        ),
        ("", vec![accepted.clone(), closed(CloseReason::ParseError)]),
        (
            "2",
            vec![accepted.clone(), closed(CloseReason::TransportError)],
        ),
        (
            "4a\u{1e}1\u{1e}4b",
            vec![
                message("a"),
                accepted.clone(),
                closed(CloseReason::TransportClose),
            ],
        ),
        (
            "0\u{1e}5\u{1e}6\u{1e}4a",
            vec![message("a"), accepted.clone()],
        ),
    ] {
        assert_eq!(Play::polling().post(A, body), expected, "{body:?}");
    }
}

#[test]
fn a_posted_close_releases_the_waiting_poll_with_a_noop() {
    let mut play = Play::polling();
    play.input(Input::Poll(B));
    assert_eq!(
        play.post(A, "1"),
        vec![
            answer(B, &["6"]),
            Output::AnswerPost(A, ACCEPTED),
            Output::Closed(CloseReason::TransportClose)
        ]
    );
}

#[test]
fn a_bad_packet_closes_the_waiting_poll() {
    let mut play = Play::polling();
    play.input(Input::Poll(B));
    assert_eq!(
        play.post(A, "x"),
        vec![
            answer(B, &["1"]),
            Output::AnswerPost(A, ACCEPTED),
            Output::Closed(CloseReason::ParseError)
        ]
    );
}
