//! Curves by their values: where they cross, how long, and where they end.

use super::{Cabinet, Climate, Conditions, Routine, Scenario, Seconds, TICK};
use crate::domain::UnitKind;
use crate::simulate::noise::Noise;

const MINUTE: Seconds = 60;
const HOUR: Seconds = 3600;

/// When the faults of all scenarios begin.
const FAULT: Seconds = 900;

const KINDS: [UnitKind; 4] = [
    UnitKind::Fridge,
    UnitKind::Freezer,
    UnitKind::WalkInCooler,
    UnitKind::DisplayCase,
];

fn upper_limit(kind: UnitKind) -> f64 {
    kind.built_in_limits().max.expect("a cold unit")
}

/// °C of the air and of the product at the end of every tick.
fn curve(
    kind: UnitKind,
    length: Seconds,
    conditions: impl Fn(Seconds) -> Conditions,
) -> Vec<(Seconds, f64, f64)> {
    let mut climate = Climate::settled(Cabinet::of(kind));
    let mut point = |at| {
        climate.advance(&conditions(at), TICK as f64);
        assert!(
            (0.0..=100.0).contains(&climate.humidity()),
            "{kind} at {at}"
        );
        (at, climate.air(), climate.product())
    };
    (0..length / TICK).map(|tick| point(tick * TICK)).collect()
}

/// The first unit of a scenario, without the rest of life.
fn scenario(scenario: Scenario, kind: UnitKind, length: Seconds) -> Vec<(Seconds, f64, f64)> {
    let incident = scenario.incident();
    curve(kind, length, |at| {
        let ordinary = Conditions::default();
        incident.map_or(ordinary, |incident| incident.upon(0, at, ordinary))
    })
}

/// Minutes after the fault at which the air is above the limit for the first and for the last time.
fn above(kind: UnitKind, curve: &[(Seconds, f64, f64)]) -> Option<(Seconds, Seconds)> {
    let limit = upper_limit(kind);
    let mut above = curve.iter().filter(|(_, air, _)| *air > limit);
    let minutes = |at: Seconds| at.saturating_sub(FAULT) / MINUTE;
    let first = above.next()?.0;
    let last = above.next_back().map_or(first, |(at, ..)| *at);
    Some((minutes(first), minutes(last)))
}

fn air_at(curve: &[(Seconds, f64, f64)], at: Seconds) -> f64 {
    curve
        .iter()
        .find(|(second, ..)| *second >= at)
        .map_or(f64::NAN, |(_, air, _)| *air)
}

#[test]
fn ordinary_weeks_are_within_limits_but_for_a_blip_at_the_door() {
    for (kind, seed) in KINDS.into_iter().flat_map(|kind| [(kind, 1), (kind, 2)]) {
        let routine = Routine::new(Noise::new(seed), &Cabinet::of(kind));
        let limits = kind.built_in_limits();
        let mut blip = 0;
        for (at, air, product) in curve(kind, 7 * 24 * HOUR, |at| routine.conditions(at)) {
            blip = if air > upper_limit(kind) {
                blip + TICK
            } else {
                0
            };
            assert!(blip <= 3 * MINUTE, "{kind}: {air:.2} at {at}");
            assert!(
                air > limits.min.unwrap_or(-30.0),
                "{kind}: {air:.2} at {at}"
            );
            assert!(product < upper_limit(kind), "{kind}: {product:.2} at {at}");
        }
    }
}

#[test]
fn a_thermostat_makes_cycles_of_a_quarter_to_half_an_hour() {
    for kind in KINDS {
        let cabinet = Cabinet::of(kind);
        let airs = scenario(Scenario::Normal, kind, 12 * HOUR);
        let middle = f64::midpoint(cabinet.cut_in, cabinet.cut_out);
        let risen = |pair: &&[(Seconds, f64, f64)]| pair[0].1 <= middle && pair[1].1 > middle;
        let cycles = airs.windows(2).filter(risen).count();
        assert!((24..=48).contains(&cycles), "{kind}: {cycles}");
    }
}

#[test]
fn a_dead_compressor_lets_a_unit_warm_up_for_a_day() {
    for kind in KINDS {
        let dead = scenario(Scenario::CompressorFailure, kind, 30 * HOUR);
        let (first, last) = above(kind, &dead).expect("too warm");
        assert!((5..=60).contains(&first), "{kind}: {first}");
        assert_eq!(last, (30 * HOUR - TICK - FAULT) / MINUTE, "{kind}");
        let hourly: Vec<f64> = (1..30).map(|hour| air_at(&dead, hour * HOUR)).collect();
        assert!(hourly.is_sorted_by(|a, b| a < b), "{kind}: {hourly:?}");
        let room = Conditions::default().ambient;
        assert!(
            hourly[28] < room && hourly[28] > room - 10.0,
            "{kind}: {hourly:?}"
        );
    }
}

#[test]
fn what_passes_leaves_the_unit_as_it_was() {
    use Scenario::{Defrost, DoorLeftOpen, Normal, PowerCut};
    use UnitKind::{Freezer, Fridge, WalkInCooler};
    for (name, kind, expected) in [
        (Normal, Fridge, None),
        (Normal, Freezer, None),
        (Defrost, Freezer, Some((8..=20, 40..=70))),
        (Defrost, Fridge, Some((15..=38, 40..=50))),
        (DoorLeftOpen, Fridge, Some((0..=3, 60..=90))),
        (DoorLeftOpen, Freezer, Some((0..=3, 60..=120))),
        (PowerCut, Fridge, Some((10..=45, 120..=150))),
        (PowerCut, Freezer, Some((10..=60, 120..=180))),
        (PowerCut, WalkInCooler, Some((10..=90, 120..=180))),
    ] {
        let curve = scenario(name, kind, 8 * HOUR);
        let found = above(kind, &curve);
        let fits = match (&found, &expected) {
            (None, None) => true,
            (Some((first, last)), Some((from, until))) => {
                from.contains(first) && until.contains(last)
            }
            _ => false,
        };
        assert!(fits, "{name} in a {kind}: {found:?}");
        let after = air_at(&curve, 7 * HOUR);
        assert!(
            after < upper_limit(kind) - 0.5,
            "{name} in a {kind}: {after:.2}"
        );
    }
}

#[test]
fn a_silence_warms_nothing() {
    for name in [Scenario::SensorLost, Scenario::GatewayOutage] {
        let silent = scenario(name, UnitKind::Fridge, 4 * HOUR);
        assert_eq!(
            silent,
            scenario(Scenario::Normal, UnitKind::Fridge, 4 * HOUR)
        );
    }
}

#[test]
fn one_unit_fails_and_the_others_live_on() {
    let late = 10 * HOUR;
    let changed = |name: Scenario, unit| {
        let incident = name.incident().expect("a fault");
        incident.upon(unit, FAULT, Conditions::default()) != Conditions::default()
    };
    for (name, second_unit) in [
        (Scenario::Defrost, true),
        (Scenario::DoorLeftOpen, false),
        (Scenario::CompressorFailure, false),
        (Scenario::SensorLost, false),
        (Scenario::GatewayOutage, true),
        (Scenario::PowerCut, true),
    ] {
        assert!(changed(name, 0), "{name}");
        assert_eq!(changed(name, 1), second_unit, "{name}");
        let incident = name.incident().expect("a fault");
        let before = incident.upon(0, FAULT - 1, Conditions::default());
        assert_eq!(before, Conditions::default(), "{name}");
        let lasts = incident.upon(0, late, Conditions::default()) != Conditions::default();
        assert_eq!(lasts, incident.until.is_none(), "{name}");
    }
}

#[test]
fn air_takes_up_the_moisture_of_the_room_through_the_door_and_loses_it_at_the_coil() {
    let mut climate = Climate::settled(Cabinet::of(UnitKind::Fridge));
    let open = Conditions {
        door_open: true,
        ..Conditions::default()
    };
    climate.advance(&Conditions::default(), 6.0 * 3600.0);
    let dry = climate.humidity();
    climate.advance(&open, 30.0);
    let moist = climate.humidity();
    climate.advance(&Conditions::default(), 6.0 * 3600.0);
    assert!(
        moist > dry + 3.0 && moist > climate.humidity() + 3.0,
        "{dry} {moist}"
    );
    assert!((50.0..95.0).contains(&dry), "{dry}");
}
