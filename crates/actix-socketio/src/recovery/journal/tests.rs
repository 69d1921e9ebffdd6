//! What follows an offset, and what is dropped.

use socketio_proto::socketio::Encoding;

use super::*;

const LIMITS: Limits = Limits {
    events: 4,
    bytes: 1000,
    age: Duration::from_secs(10),
};

fn event(number: u64) -> Numbered {
    let frame = Frame::event("e", &number).expect("a number has JSON");
    Numbered { number, frame }
}

/// Born at number 10, with these events, one a second.
fn log(numbers: &[u64]) -> Log {
    let mut log = Log::new(10);
    for (second, number) in (0..).zip(numbers) {
        log.record(Duration::from_secs(second), event(*number), LIMITS);
    }
    log
}

fn missed(log: &Log, offset: Option<&str>) -> Option<Vec<u64>> {
    let missed = log.after(offset)?;
    Some(missed.events.iter().map(|event| event.number).collect())
}

#[test]
fn what_follows_an_offset_is_in_the_order_of_sending() {
    for (name, sent, offset, expected) in [
        ("no event yet", &[][..], None, Some(&[][..])),
        ("no event got", &[12, 11], None, Some(&[12, 11])),
        (
            "numbers out of order",
            &[12, 11, 14],
            Some("12"),
            Some(&[11, 14]),
        ),
        ("everything got", &[12, 11], Some("11"), Some(&[])),
        (
            "an offset of an earlier session",
            &[12, 11],
            Some("3"),
            Some(&[12, 11]),
        ),
        (
            "an early number that came late",
            &[12, 9, 13],
            Some("9"),
            Some(&[13]),
        ),
        ("an offset of the future", &[12, 11], Some("13"), None),
        ("garbage", &[12, 11], Some("x"), None),
        ("another spelling", &[12, 11], Some("012"), None),
        ("a sign", &[12, 11], Some("+12"), None),
        ("too large", &[12], Some("99999999999999999999"), None),
        (
            "the last that was dropped",
            &[11, 12, 13, 14, 15],
            Some("11"),
            Some(&[12, 13, 14, 15]),
        ),
        (
            "dropped before it",
            &[11, 12, 13, 14, 15, 16],
            Some("11"),
            None,
        ),
        (
            "no event got, and some dropped",
            &[11, 12, 13, 14, 15],
            None,
            None,
        ),
        (
            "of an earlier session, and some dropped",
            &[11, 12, 13, 14, 15],
            Some("3"),
            None,
        ),
    ] {
        let expected = expected.map(<[u64]>::to_vec);
        assert_eq!(missed(&log(sent), offset), expected, "{name}");
    }
}

#[test]
fn an_idle_socket_needs_only_its_last_offset() {
    let mut log = log(&[11]);
    assert_eq!(missed(&log, Some("11")), Some(vec![]));
    log.record(Duration::from_secs(1000), event(12), LIMITS);
    assert_eq!(log.events.len(), 1, "the old one is gone");
    assert_eq!(missed(&log, Some("11")), Some(vec![12]));
}

#[test]
fn the_oldest_goes_when_there_are_too_many_bytes() {
    let size = event(11).frame.size();
    let limits = Limits {
        bytes: 2 * size,
        ..LIMITS
    };
    let mut log = Log::new(10);
    for number in 11..=13 {
        log.record(Duration::ZERO, event(number), limits);
    }
    assert_eq!((log.events.len(), log.bytes), (2, 2 * size));
    assert_eq!(missed(&log, Some("11")), Some(vec![12, 13]));
}

#[test]
fn a_successor_has_what_was_missed_and_its_own_once() {
    let (key, queue) = (SocketKey(1), Queue::new(1000));
    queue.hold(key);
    let next = Journal::new(&Arc::new(Shared::new()), LIMITS);
    for number in [11, 13, 15] {
        let held = next.send(&queue, key, &event(number), &WhenFull::Disconnect);
        assert!(held.is_ok());
    }
    let earlier = log(&[11, 12, 13, 14]);
    let missed_then = earlier.after(Some("11")).expect("what was missed");
    next.succeed(&missed_then, &queue, key);
    queue.open(key, missed_then.frames(), None);
    let queued = queue.take(1000, Encoding::Json).frames;
    let all = [12, 13, 14, 15].map(|number| event(number).frame.wire().collect::<Vec<_>>());
    assert_eq!(queued, all.concat());
    for (offset, expected) in [
        ("11", Some(vec![12, 13, 14, 15])),
        ("14", Some(vec![15])),
        ("15", Some(vec![])),
        ("16", None),
    ] {
        assert_eq!(missed(&next.lock(), Some(offset)), expected, "{offset}");
    }
    assert_eq!(missed(&next.lock(), Some("3")), None, "its client has 11");
}
