//! What happens to a fridge (0 to 5 °C, hysteresis 0.5; confirmed after 900 s too warm, 300 s too cold).

use super::play::{Played, time};
use crate::alerts::deadline;
use crate::domain::UnitStatus;

const TRIGGERED: &str = "0 excursion, 0 triggered 1 warning high";
const CONFIRMED: &str =
    "0 excursion, 0 triggered 1 warning high, 900 alarm, 900 updated 2 critical high";

#[track_caller]
fn assert_all(start: fn() -> Played, table: &[(&str, &str, &str)]) {
    for (name, steps, expected) in table {
        assert_eq!(start().tell(steps), *expected, "{name}");
    }
}

/// What is told first, and then.
fn and(first: &str, then: &str) -> String {
    format!("{first}, {then}")
}

#[test]
fn the_first_reading_decides_about_a_pending_unit() {
    assert_all(
        Played::pending,
        &[
            ("inside", "0:3.0 600:3.1", "0 ok"),
            ("outside", "0:8.2", TRIGGERED),
            ("door only", "0:seen 60:seen", "0 ok"),
            ("not a number", "0:nan", "0 ok"),
            ("no reading", "0:timer 1:max=1 2:ack=Ada", ""),
        ],
    );
}

#[test]
fn an_excursion_begins_over_the_limit_and_ends_clear_of_it() {
    assert_all(
        Played::ok,
        &[
            ("at the limits", "0:5.0 600:0.0", ""),
            ("in the band", "0:5.1 600:4.6", TRIGGERED),
            (
                "clear of the band",
                "0:5.1 600:4.5 900:timer",
                &and(TRIGGERED, "600 ok, 600 resolved 2 warning high"),
            ),
            (
                "too cold",
                "0:-0.1 60:0.4 120:0.5",
                "0 excursion, 0 triggered 1 warning low, 120 ok, 120 resolved 2 warning low",
            ),
            (
                "faults in between",
                "0:5.1 300:seen 400:inf 500:nan",
                TRIGGERED,
            ),
            (
                "again",
                "0:5.1 60:4.5 120:5.1",
                &and(
                    TRIGGERED,
                    "60 ok, 60 resolved 2 warning high, 120 excursion, 120 triggered 1 warning high",
                ),
            ),
        ],
    );
}

#[test]
fn what_is_still_outside_after_the_confirm_time_is_critical() {
    let by_reading = and(TRIGGERED, "1200 alarm, 1200 updated 2 critical high");
    assert_all(
        Played::ok,
        &[
            ("by timer", "0:9.0 899:timer 900:timer 901:timer", CONFIRMED),
            (
                "by reading",
                "0:9.0 600:9.1 1200:9.2 1201:timer",
                &by_reading,
            ),
            ("by a reading at that moment", "0:9.0 900:9.1", CONFIRMED),
            (
                "by a late timer: the alarm holds since the deadline",
                "0:9.0 5000:timer",
                &and(TRIGGERED, "900 alarm, 5000 updated 2 critical high"),
            ),
            (
                "compressor failure",
                "0:9.0 900:timer 1200:12.0 1800:4.8 2400:3.0",
                &and(CONFIRMED, "2400 ok, 2400 resolved 3 critical high"),
            ),
            (
                "an outlier never confirms itself",
                "0:9.0 600:3.0 900:timer",
                &and(TRIGGERED, "600 ok, 600 resolved 2 warning high"),
            ),
            (
                "nor does one before a value in the band",
                "0:5.1 600:4.8 900:timer 1200:4.8 1201:timer",
                TRIGGERED,
            ),
            (
                "from the band back outside counts from the trigger",
                "0:5.1 600:4.8 900:timer 1200:5.1",
                &by_reading,
            ),
        ],
    );
}

#[test]
fn without_a_confirm_time_an_alert_is_triggered_and_then_critical() {
    let mut unit = Played::ok();
    unit.rule.confirm_high_seconds = 0;
    assert_eq!(
        unit.tell("0:9.0"),
        and(TRIGGERED, "0 alarm, 0 updated 2 critical high")
    );
}

#[test]
fn passing_to_the_other_side_is_the_same_alert() {
    assert_all(
        Played::ok,
        &[
            (
                "the new side's confirm time counts from the trigger",
                "0:9.0 200:-2.0 299:timer 300:timer",
                &and(
                    TRIGGERED,
                    "200 updated 2 warning low, 300 alarm, 300 updated 3 critical low",
                ),
            ),
            (
                "and may have passed already",
                "0:9.0 600:-2.0",
                &and(
                    TRIGGERED,
                    "600 updated 2 warning low, 600 alarm, 600 updated 3 critical low",
                ),
            ),
            (
                "critical stays critical",
                "0:9.0 900:timer 1200:-2.0 1800:1.0",
                &and(
                    CONFIRMED,
                    "1200 updated 3 critical low, 1800 ok, 1800 resolved 4 critical low",
                ),
            ),
        ],
    );
}

#[test]
fn a_changed_limit_acts_at_once() {
    assert_all(
        Played::ok,
        &[
            (
                "a tighter one triggers now, and the confirm time starts now",
                "100:max=2 999:timer 1000:timer",
                "100 excursion, 100 triggered 1 warning high, 1000 alarm, 1000 updated 2 critical high",
            ),
            (
                "a wider one resolves now",
                "0:8.2 100:max=9 900:timer",
                &and(TRIGGERED, "100 ok, 100 resolved 2 warning high"),
            ),
            (
                "a removed one resolves",
                "0:8.2 900:timer 1000:max=none",
                &and(CONFIRMED, "1000 ok, 1000 resolved 3 critical high"),
            ),
            (
                "one that leaves it in the band",
                "0:8.2 100:max=8.5 900:timer",
                TRIGGERED,
            ),
            (
                "one moved past the value turns it",
                "0:9.0 100:min=57,max=none",
                &and(TRIGGERED, "100 updated 2 warning low"),
            ),
            ("the same", "0:9.0 100:max=5 101:max=5", TRIGGERED),
        ],
    );
}

#[test]
fn a_changed_confirm_time_moves_the_timer_and_forgets_nothing() {
    assert_all(
        Played::ok,
        &[
            ("without an excursion", "100:confirm=0", ""),
            (
                "longer",
                "0:9.0 100:confirm=1800 900:timer 1799:timer",
                TRIGGERED,
            ),
            (
                "shorter",
                "0:9.0 100:confirm=300 299:timer 300:timer",
                &and(TRIGGERED, "300 alarm, 300 updated 2 critical high"),
            ),
            (
                "shorter, and passed",
                "0:9.0 400:confirm=300",
                &and(TRIGGERED, "400 alarm, 400 updated 2 critical high"),
            ),
            (
                "longer, when confirmed",
                "0:9.0 900:timer 1000:confirm=1800 1800:timer",
                CONFIRMED,
            ),
            ("in the band", "0:5.1 60:4.8 1000:confirm=0", TRIGGERED),
        ],
    );
}

#[test]
fn an_acknowledged_alert_still_becomes_critical() {
    assert_all(
        Played::ok,
        &[
            ("nothing to acknowledge", "0:ack=Ada", ""),
            (
                "once, and then critical",
                "0:9.0 60:ack=Ada 70:ack=Grace 900:timer",
                &and(
                    TRIGGERED,
                    "60 acknowledged 2 warning high, 900 alarm, 900 updated 3 critical high",
                ),
            ),
            (
                "and ends as any other",
                "0:9.0 60:ack=Ada 600:3.0 700:ack=Grace",
                &and(
                    TRIGGERED,
                    "60 acknowledged 2 warning high, 600 ok, 600 resolved 3 warning high",
                ),
            ),
        ],
    );
}

#[test]
fn what_is_older_than_the_state_is_applied_at_its_time() {
    assert_all(
        Played::ok,
        &[
            ("a second device slightly behind", "0:3.0 -5:9.0", TRIGGERED),
            (
                "a reading that was on its way when a limit changed",
                "100:max=2 99:1.0",
                "100 excursion, 100 triggered 1 warning high, 100 ok, 100 resolved 2 warning high",
            ),
            (
                "during an excursion",
                "0:9.0 100:max=6 99:1.0",
                &and(TRIGGERED, "100 ok, 100 resolved 2 warning high"),
            ),
            (
                "a rule edit, the last reading being ahead of our clock",
                "0:3.0 -60:max=2",
                TRIGGERED,
            ),
        ],
    );
}

#[test]
fn after_silence_two_good_readings_make_it_ok() {
    let offline = || {
        let mut unit = Played::ok();
        unit.state.status = UnitStatus::Offline;
        unit
    };
    assert_all(
        offline,
        &[
            ("door, rule", "0:seen 10:max=4", ""),
            ("two good", "60:3.0 120:3.0", "60 restoring, 120 ok"),
            ("a bad one", "0:9.0", TRIGGERED),
        ],
    );
}

#[test]
fn a_timer_runs_only_while_an_unconfirmed_excursion_is_outside() {
    for (name, steps, due) in [
        ("ok", "0:3.0", None),
        ("too warm", "0:9.0 60:9.0", Some(900)),
        ("too cold", "0:-9.0", Some(300)),
        ("in the band", "0:5.1 60:4.9", None),
        ("acknowledged", "0:9.0 60:ack=Ada", Some(900)),
        ("confirmed", "0:9.0 900:timer 960:9.0", None),
        ("resolved", "0:9.0 60:3.0", None),
    ] {
        let unit = Played::after(steps);
        assert_eq!(deadline(&unit.state), due.map(time), "{name}");
    }
}
