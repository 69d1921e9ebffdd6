//! The session's rules as tables: what comes in when, and everything that leaves.

use bytestring::ByteString;
use proptest::prelude::*;

use super::*;
use crate::engineio::packet::Message;

const TIMINGS: Timings = Timings {
    ping_interval: Duration::from_millis(300),
    ping_timeout: Duration::from_millis(200),
    upgrade_timeout: Duration::from_secs(10),
};
const A: CarrierId = CarrierId(1);
const B: CarrierId = CarrierId(2);
const WS: CarrierId = CarrierId(3);
const WS2: CarrierId = CarrierId(4);

/// A session with a queue, as a caller drives it.
struct Play {
    session: Session,
    now: Duration,
    queue: Vec<WireFrame>,
}

impl Play {
    fn polling() -> Self {
        Self {
            session: Session::polling(TIMINGS, Duration::ZERO),
            now: Duration::ZERO,
            queue: Vec::new(),
        }
    }

    fn websocket() -> Self {
        Self {
            session: Session::websocket(TIMINGS, WS, Duration::ZERO),
            ..Self::polling()
        }
    }

    fn input(&mut self, input: Input) -> Vec<Output> {
        let mut out = self.session.handle(input, self.now);
        out.extend(self.flush());
        out
    }

    fn flush(&mut self) -> Vec<Output> {
        match self.session.sink() {
            Some(_) => self.session.flush(std::mem::take(&mut self.queue), true),
            None => Vec::new(),
        }
    }

    fn at(&mut self, millis: u64) -> Vec<Output> {
        self.now = Duration::from_millis(millis);
        self.input(Input::Tick)
    }

    fn emit(&mut self, text: &str) -> Vec<Output> {
        self.queue.push(frame(text));
        self.flush()
    }

    fn post(&mut self, id: CarrierId, body: &str) -> Vec<Output> {
        assert_eq!(self.input(Input::PostBegun(id)), vec![]);
        self.input(Input::PostBody(id, body.into()))
    }

    fn close(&mut self) -> Vec<Output> {
        let mut out = self.session.close(self.now);
        out.extend(self.flush());
        out
    }

    fn deadline(&self) -> Option<u128> {
        self.session
            .next_deadline()
            .map(|deadline| deadline.as_millis())
    }
}

fn frame(text: &str) -> WireFrame {
    WireFrame::Text(text.into())
}

fn answer(id: CarrierId, packets: &[&str]) -> Output {
    Output::AnswerPoll(
        id,
        PollAnswer::Payload(packets.iter().map(|text| frame(text)).collect()),
    )
}

fn send(id: CarrierId, packets: &[&str]) -> Output {
    Output::Send(id, packets.iter().map(|text| frame(text)).collect())
}

fn message(text: &str) -> Output {
    Output::Message(Message::Text(text.into()))
}

fn socket_text(id: CarrierId, text: &str) -> Input {
    Input::SocketFrame(id, frame(text))
}

const ACCEPTED: PostAnswer = PostAnswer::Accepted;

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
fn a_server_close_waits_for_a_poll_for_thirty_seconds() {
    let mut play = Play::polling();
    assert_eq!(play.close(), vec![]);
    assert_eq!(play.deadline(), Some(30_000));
    assert_eq!(play.post(B, "4late"), vec![Output::AnswerPost(B, ACCEPTED)]);
    assert_eq!(
        play.input(Input::Poll(A)),
        vec![answer(A, &["1"]), Output::Closed(CloseReason::ForcedClose)]
    );

    let mut play = Play::polling();
    play.close();
    assert_eq!(play.at(29_999), vec![]);
    assert_eq!(
        play.at(30_000),
        vec![Output::Closed(CloseReason::ForcedClose)]
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

/// Everything that can happen, with few enough names that inputs meet each other.
fn any_input() -> impl Strategy<Value = Input> {
    let id = || (0..6_u64).prop_map(CarrierId);
    let text = prop_oneof![
        Just("4x"),
        Just("3"),
        Just("2"),
        Just("2probe"),
        Just("5"),
        Just("6"),
        Just("1"),
        Just(""),
        Just("4a\u{1e}4b"),
        Just("bAQID"),
    ];
    prop_oneof![
        id().prop_map(Input::Poll),
        id().prop_map(Input::PollGone),
        id().prop_map(Input::PostBegun),
        (id(), text.clone()).prop_map(|(id, text)| Input::PostBody(id, ByteString::from(text))),
        id().prop_map(Input::PostRefused),
        id().prop_map(Input::PostBroken),
        id().prop_map(Input::SocketOpened),
        (id(), text).prop_map(|(id, text)| Input::SocketFrame(id, frame(text))),
        id().prop_map(|id| Input::SocketGone(id, SocketEnd::Closed)),
        Just(Input::Tick),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_a_session_ends_once_and_answers_each_request_once(
        steps in prop::collection::vec((any_input(), 0..400_u64, any::<bool>()), 1..60),
        close_after in 0..80_usize,
    ) {
        let mut play = Play::polling();
        let (mut open_polls, mut ended) = (0_i32, 0);
        for (number, (input, millis, emits)) in steps.into_iter().enumerate() {
            play.now += Duration::from_millis(millis);
            if emits {
                play.queue.push(frame("4out"));
            }
            let mut out = if number == close_after { play.close() } else { Vec::new() };
            open_polls += i32::from(matches!(input, Input::Poll(_)));
            if matches!(input, Input::PollGone(id) if play.session.sink() == Some(Sink::Poll(id))) {
                open_polls -= 1;
            }
            out.extend(play.input(input));
            open_polls -= i32::try_from(out.iter().filter(|o| matches!(o, Output::AnswerPoll(..))).count())?;
            ended += out.iter().filter(|o| matches!(o, Output::Closed(_))).count();
            prop_assert!((0..=1).contains(&open_polls), "at most one poll waits");
            prop_assert!(ended <= 1);
            prop_assert_eq!(ended == 1, play.session.next_deadline().is_none());
            if ended == 1 {
                prop_assert_eq!((play.session.sink(), open_polls), (None, 0));
            }
        }
    }

    #[test]
    fn a_session_left_alone_ends_by_its_deadlines(
        inputs in prop::collection::vec(any_input(), 0..20),
    ) {
        let mut play = Play::polling();
        for input in inputs {
            play.input(input);
        }
        for _ in 0..5 {
            let Some(deadline) = play.session.next_deadline() else { break };
            play.now = deadline;
            play.input(Input::Tick);
        }
        prop_assert_eq!(play.session.next_deadline(), None);
    }
}
