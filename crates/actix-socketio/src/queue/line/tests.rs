//! What is given up, and where the notice goes.

use super::*;

const A: SocketKey = SocketKey(1);
const B: SocketKey = SocketKey(2);

fn frame(name: &str) -> Frame {
    Frame::event(name, &0).expect("a number has JSON")
}

/// `x1` is replaceable by what begins with `x` too; `firm..` is not; capitals are for the other socket; `gap` is a notice.
fn line(names: &[&str]) -> Line {
    let mut line = Line::default();
    for name in names {
        let (key, _) = name.split_at(1);
        let socket = if key.to_uppercase() == key { B } else { A };
        if *name == "gap" {
            line.notice(socket, &frame("gap"));
        } else if name.starts_with("firm") {
            line.push(Entry::firm(frame(name)));
        } else {
            let when_full = WhenFull::coalesce(key, frame("gap"));
            line.push(Entry::new(socket, frame(name), &when_full));
        }
    }
    line
}

fn names(line: &mut Line) -> Vec<String> {
    let frames = std::iter::from_fn(|| line.pop_within(usize::MAX));
    let name = |frame: Frame| {
        let first = frame.wire().next();
        let text = first.map(|part| format!("{part:?}")).unwrap_or_default();
        text.split('"')
            .nth(2)
            .unwrap_or_default()
            .trim_matches('\\')
            .to_owned()
    };
    frames.map(name).collect()
}

#[test]
fn the_newest_of_each_key_is_left_and_the_notice_stands_where_the_first_was() {
    for (waiting, left) in [
        (&["x1", "firm", "y1"][..], &["x1", "firm", "y1"][..]),
        (&["x1", "firm", "x2"], &["gap", "firm", "x2"]),
        (
            &["firm1", "x1", "y1", "x2", "firm2", "x3"],
            &["firm1", "gap", "y1", "firm2", "x3"],
        ),
        (&["x1", "gap", "x2"], &["gap", "x2"]),
        (&["gap", "x1", "y1", "x2", "y2"], &["gap", "x2", "y2"]),
        (&["x1", "X1", "x2"], &["gap", "X1", "x2"]),
        (&["x1", "X1", "x2", "X2"], &["gap", "gap", "x2", "X2"]),
        (&["gap", "firm"], &["gap", "firm"]),
    ] {
        let mut line = line(waiting);
        line.coalesce();
        let bytes: usize = left.iter().map(|name| frame(name).size()).sum();
        assert_eq!(line.bytes(), bytes, "{waiting:?}");
        assert_eq!(names(&mut line), left, "{waiting:?}");
        assert_eq!((line.bytes(), line.noticed.len()), (0, 0), "{waiting:?}");
    }
}

#[test]
fn a_notice_that_waits_is_enough() {
    let mut line = Line::default();
    for name in ["first", "second"] {
        line.notice(A, &frame(name));
    }
    assert_eq!(names(&mut line), ["first"]);
    line.notice(A, &frame("third"));
    assert_eq!(names(&mut line), ["third"]);
}
