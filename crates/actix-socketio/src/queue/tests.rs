//! What waits, in which order, and what is refused.

use super::*;
use crate::ask::{self, WAITING};

const A: SocketKey = SocketKey(1);
const B: SocketKey = SocketKey(2);

fn frame(text: &str) -> Frame {
    Frame::event(text, &0).expect("a number has JSON")
}

fn names(batch: Batch) -> Vec<String> {
    batch
        .frames
        .into_iter()
        .map(|part| match part {
            WireFrame::Text(text) => text.split('"').nth(1).unwrap_or_default().to_owned(),
            WireFrame::Binary(_) => "binary".to_owned(),
        })
        .collect()
}

fn opened(limit: usize) -> Queue {
    let queue = Queue::new(limit);
    queue.hold(A);
    queue.open(A, Vec::new(), Some(frame("connect")));
    queue
}

#[test]
fn what_is_sent_while_connecting_follows_the_reply() {
    let queue = Queue::new(1000);
    queue.hold(A);
    assert!(queue.push(A, &frame("early"), &Manner::default()).is_ok());
    queue.push_reply(frame("other"));
    assert_eq!(names(queue.take(1000, Encoding::Json)), ["other"]);
    queue.open(A, Vec::new(), Some(frame("connect")));
    assert!(queue.push(A, &frame("late"), &Manner::default()).is_ok());
    assert_eq!(
        names(queue.take(1000, Encoding::Json)),
        ["connect", "early", "late"]
    );
}

#[test]
fn a_refused_socket_leaves_nothing_behind() {
    let queue = Queue::new(1000);
    queue.hold(A);
    assert!(queue.push(A, &frame("early"), &Manner::default()).is_ok());
    queue.forget(A);
    assert!(matches!(
        queue.push(A, &frame("late"), &Manner::default()),
        Err(EmitError::Closed)
    ));
    assert_eq!(queue.lock().bytes(), 0);
    assert!(queue.take(1000, Encoding::Json).drained);
}

#[test]
fn over_the_limit_the_session_is_told_once() {
    let size = frame("x").size();
    let queue = opened(2 * size);
    queue.take(1000, Encoding::Json);
    assert!(queue.push(A, &frame("x"), &Manner::default()).is_ok());
    assert!(queue.push(A, &frame("y"), &Manner::default()).is_ok());
    assert!(matches!(
        queue.push(A, &frame("z"), &Manner::default()),
        Err(EmitError::Overflow)
    ));
    assert!(matches!(
        queue.push(A, &frame("z"), &Manner::default()),
        Err(EmitError::Closed)
    ));
    assert_eq!(queue.notices().failure, Some(Failure::Overflow));
}

#[test]
fn what_comes_at_once_to_a_client_that_reads_is_taken() {
    let size = frame("x").size();
    let queue = opened(2 * size);
    queue.take(1000, Encoding::Json);
    queue.set_writable(true);
    let push =
        |times: usize| (0..times).all(|_| queue.push(A, &frame("x"), &Manner::default()).is_ok());
    assert!(push(8), "thrice the limit at once, and the limit");
    queue.set_writable(false);
    assert_eq!(names(queue.take(4 * size, Encoding::Json)).len(), 4);
    assert!(push(2), "what is left of the burst counts for nothing");
    assert!(!push(1));
    assert_eq!(queue.notices().failure, Some(Failure::Overflow));
}

#[test]
fn one_frame_may_wait_whatever_its_size() {
    let queue = opened(1);
    queue.take(1000, Encoding::Json);
    assert!(queue.push(A, &frame("x"), &Manner::default()).is_ok());
    assert!(matches!(
        queue.push(A, &frame("y"), &Manner::default()),
        Err(EmitError::Overflow)
    ));
}

#[test]
fn a_batch_is_cut_by_bytes_and_says_whether_more_waits() {
    let queue = opened(1000);
    queue.take(1000, Encoding::Json);
    for name in ["x", "y", "z"] {
        assert!(queue.push(A, &frame(name), &Manner::default()).is_ok());
    }
    let batch = queue.take(2 * frame("x").size(), Encoding::Json);
    assert!(!batch.drained);
    assert_eq!(names(batch), ["x", "y"]);
    assert_eq!(names(queue.take(1, Encoding::Json)), ["z"]);
}

#[test]
fn a_departure_follows_what_was_sent_and_ends_its_socket_only() {
    let queue = opened(1000);
    queue.hold(B);
    queue.open(B, Vec::new(), Some(frame("connect")));
    assert!(queue.push(A, &frame("last"), &Manner::default()).is_ok());
    let departure = Departure {
        key: A,
        close: false,
    };
    queue.depart(Some(frame("farewell")), departure);
    queue.depart(Some(frame("farewell")), departure);
    assert!(!queue.is_open(A));
    assert!(queue.push(B, &frame("other"), &Manner::default()).is_ok());
    assert_eq!(
        names(queue.take(1000, Encoding::Json)),
        ["connect", "connect", "last", "farewell", "other"]
    );
    assert_eq!(queue.notices().departures, [departure]);
}

#[test]
fn a_departure_while_connecting_waits_for_the_reply() {
    let queue = Queue::new(1000);
    queue.hold(A);
    queue.depart(
        Some(frame("farewell")),
        Departure {
            key: A,
            close: true,
        },
    );
    assert_eq!(queue.notices().departures, []);
    queue.open(A, Vec::new(), Some(frame("connect")));
    assert_eq!(
        names(queue.take(1000, Encoding::Json)),
        ["connect", "farewell"]
    );
    assert_eq!(
        queue.notices().departures,
        [Departure {
            key: A,
            close: true
        }]
    );
}

#[test]
fn a_volatile_frame_goes_only_where_it_is_taken_at_once() {
    let queue = Queue::new(1000);
    queue.set_writable(true);
    let volatile = |name: &str| queue.push(A, &frame(name), &Manner::Volatile);
    assert!(matches!(volatile("unknown"), Err(EmitError::Closed)));
    queue.hold(A);
    assert!(volatile("held").is_ok());
    queue.open(A, Vec::new(), Some(frame("connect")));
    assert!(volatile("behind another").is_ok());
    assert_eq!(names(queue.take(1000, Encoding::Json)), ["connect"]);
    assert!(volatile("taken").is_ok());
    assert_eq!(names(queue.take(1000, Encoding::Json)), ["taken"]);
    queue.set_writable(false);
    assert!(volatile("while writing").is_ok());
    assert!(queue.take(1000, Encoding::Json).drained);
    assert_eq!(queue.lock().bytes(), 0);
}

#[test]
fn an_answer_finds_who_waits_for_it_once() {
    let queue = opened(1000);
    let (waiter, inquiry) = ask::open(7);
    assert!(
        queue
            .push(A, &frame("asked"), &Manner::Asking(waiter))
            .is_ok()
    );
    assert!(queue.answered(A, 8).is_none());
    assert!(queue.answered(B, 7).is_none());
    assert!(queue.answered(A, 7).is_some_and(|waiter| !waiter.is_over()));
    assert!(queue.answered(A, 7).is_none());
    drop(inquiry);
}

#[test]
fn answers_owed_are_bounded_and_forgotten_with_their_socket() {
    let queue = opened(1_000_000);
    let ask = |id: u64| {
        let (waiter, inquiry) = ask::open(id);
        (
            queue.push(A, &frame("asked"), &Manner::Asking(waiter)),
            inquiry,
        )
    };
    let mut inquiries: Vec<_> = (0..WAITING as u64).map(|id| ask(id).1).collect();
    assert!(matches!(ask(5000).0, Err(EmitError::Unanswered)));
    inquiries.pop();
    assert!(ask(5001).0.is_ok(), "who gave up makes room");
    queue.forget(A);
    assert_eq!(queue.lock().asked.len(), 0);
}

#[test]
fn what_was_missed_goes_first_and_what_was_sent_is_taken_back() {
    let queue = Queue::new(1000);
    queue.hold(A);
    let sent = frame("sent");
    for held in [&sent, &frame("held")] {
        assert!(queue.push(A, held, &Manner::default()).is_ok());
    }
    queue.retract(A, &[sent]);
    queue.open(A, vec![frame("missed")], Some(frame("connect")));
    assert_eq!(
        names(queue.take(1000, Encoding::Json)),
        ["missed", "connect", "held"]
    );
    assert_eq!(queue.lock().bytes(), 0);
}

/// Queues these without a transport that takes them: `x1` is coalesced by its first letter, `d..` may be dropped.
fn pushed(names: &[&str], limit: usize) -> (Queue, Vec<bool>) {
    let queue = opened(limit);
    queue.take(limit, Encoding::Json);
    let mut taken = Vec::new();
    for name in names {
        let when_full = match name.split_at(1) {
            ("d", _) => WhenFull::Drop {
                notice: frame("gap"),
            },
            ("f", _) => WhenFull::Disconnect,
            (key, _) => WhenFull::coalesce(key, frame("gap")),
        };
        let manner = Manner::Queued(when_full);
        taken.push(queue.push(A, &frame(name), &manner).is_ok());
    }
    (queue, taken)
}

#[test]
fn what_may_be_given_up_makes_room_for_the_rest() {
    let size = frame("x1").size();
    for (sent, left) in [
        ("x1 y1 f1", "x1 y1 f1"),
        ("x1 x2 x3 x4 x5 x6 x7 x8", "x1 x2 x3 x4 x5 x6 x7 x8"),
        ("x1 x2 x3 x4 x5 x6 f1 f2 f3", "gap x6 f1 f2 f3"),
        ("f1 x1 x2 x3 x4 x5 x6 f2 x7", "f1 gap f2 x7"),
        (
            "f1 f2 f3 f4 f5 f6 f7 f8 d1 d2",
            "f1 f2 f3 f4 f5 f6 f7 f8 gap",
        ),
        ("x1 x2 x3 x4 x5 x6 x7 x8 d1", "gap x8 d1"),
        ("d1", "d1"),
    ] {
        let sent: Vec<&str> = sent.split(' ').collect();
        let (queue, taken) = pushed(&sent, 8 * size);
        assert!(taken.into_iter().all(|taken| taken), "{sent:?}");
        let got = names(queue.take(1000, Encoding::Json)).join(" ");
        assert_eq!(got, left);
        assert_eq!(queue.lock().bytes(), 0, "{left}");
    }
}

#[test]
fn who_has_too_much_that_may_not_be_given_up_is_cut_off() {
    let size = frame("x1").size();
    for sent in [
        &["f1", "f2", "f3"][..],
        &["x1", "y1", "z1"],
        &["x1", "y1", "f1"],
    ] {
        let (queue, taken) = pushed(sent, 2 * size);
        assert_eq!(taken, [true, true, false], "{sent:?}");
        assert_eq!(queue.notices().failure, Some(Failure::Overflow), "{sent:?}");
    }
}

#[test]
fn giving_up_must_be_worth_the_search() {
    let size = frame("f1").size();
    for (firm, taken) in [(10, true), (13, false)] {
        // It is full, and the next takes the place of all that is not firm.
        let (mut sent, full) = (vec!["f1"; firm], 16);
        sent.resize(full + 1, "x1");
        let (_, all) = pushed(&sent, full * size);
        assert_eq!(all.last(), Some(&taken), "{firm} of {full}");
    }
}
