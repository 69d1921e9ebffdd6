//! What holds whatever happens.

use bytestring::ByteString;
use proptest::prelude::*;

use super::*;

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
