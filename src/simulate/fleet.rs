//! Which sensors are played, and in what kind of unit each of them hangs.
//!
//! The demo's devices are known by their EUIs; whatever else is asked for is an LHT65N in a fridge.

use std::collections::BTreeSet;

use super::{
    eui::DevEui,
    model::Cabinet,
    seed::{DEMO_FOODS, DOOR_EUI, EUI_BASE},
};
use crate::domain::UnitKind;

/// Whose sensors are played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fleet {
    /// All of Demo Foods: eight thermometers and a door sensor.
    Demo,
    /// So many thermometers, with EUIs that count up from the demo's first.
    Units(u32),
    /// These devices; naming one twice plays it once.
    Devices(Vec<DevEui>),
}

/// A sensor as the network knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Device {
    /// Its EUI.
    pub(super) dev_eui: DevEui,
    /// Its name within the application.
    pub(super) device_id: String,
}

/// A unit with the sensors in it that are played.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    /// What it is made of.
    pub(super) cabinet: Cabinet,
    /// An LHT65N.
    pub(super) thermometer: Option<Device>,
    /// An LDS02.
    pub(super) door: Option<Device>,
}

impl Fleet {
    /// The units of the fleet, in the order in which their sensors were named.
    pub(super) fn units(&self) -> Vec<Unit> {
        match self {
            Self::Demo => demo(),
            Self::Units(count) => {
                let first = EUI_BASE + DEMO_FOODS.first_eui;
                let thermometers = (first..)
                    .filter(|eui| *eui != EUI_BASE + DOOR_EUI)
                    .map(DevEui);
                placed(thermometers.take(usize::try_from(*count).unwrap_or(usize::MAX)))
            }
            Self::Devices(euis) => placed(euis.iter().copied()),
        }
    }
}

fn demo() -> Vec<Unit> {
    let first = EUI_BASE + DEMO_FOODS.first_eui;
    let prefix = DEMO_FOODS.device_prefix;
    let mut units: Vec<Unit> = (0..)
        .zip(DEMO_FOODS.units)
        .map(|(index, (_, kind, _))| Unit {
            cabinet: Cabinet::of(*kind),
            thermometer: Some(Device {
                dev_eui: DevEui(first + index),
                device_id: format!("{prefix}-lht65n-{}", index + 1),
            }),
            door: None,
        })
        .collect();
    if let Some(unit) = units.first_mut() {
        unit.door = Some(Device {
            dev_eui: DevEui(EUI_BASE + DOOR_EUI),
            device_id: format!("{prefix}-lds02-1"),
        });
    }
    units
}

/// Sensors that hang in one unit of the demo hang in one unit here.
fn placed(euis: impl Iterator<Item = DevEui>) -> Vec<Unit> {
    let known = demo();
    let mut seen = BTreeSet::new();
    let mut units: Vec<(Option<usize>, Unit)> = Vec::new();
    for eui in euis.filter(|eui| seen.insert(*eui)) {
        let is = |device: &Option<Device>| device.as_ref().is_some_and(|d| d.dev_eui == eui);
        let Some((index, unit)) = known
            .iter()
            .enumerate()
            .find(|(_, unit)| is(&unit.thermometer) || is(&unit.door))
        else {
            units.push((None, stranger(eui)));
            continue;
        };
        let place = units
            .iter()
            .position(|(of_demo, _)| *of_demo == Some(index));
        let sensor = Unit {
            cabinet: unit.cabinet,
            thermometer: unit.thermometer.clone().filter(|d| d.dev_eui == eui),
            door: unit.door.clone().filter(|d| d.dev_eui == eui),
        };
        match place.and_then(|place| units.get_mut(place)) {
            Some((_, there)) => {
                there.thermometer = there.thermometer.take().or(sensor.thermometer);
                there.door = there.door.take().or(sensor.door);
            }
            None => units.push((Some(index), sensor)),
        }
    }
    units.into_iter().map(|(_, unit)| unit).collect()
}

fn stranger(dev_eui: DevEui) -> Unit {
    Unit {
        cabinet: Cabinet::of(UnitKind::Fridge),
        thermometer: Some(Device {
            dev_eui,
            device_id: format!("eui-{dev_eui}").to_lowercase(),
        }),
        door: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Low bits of the EUIs of each unit: its thermometer's, its door's.
    fn sensors(fleet: &Fleet) -> Vec<(Option<u64>, Option<u64>)> {
        let low = |device: &Option<Device>| device.as_ref().map(|d| d.dev_eui.0 & 0xFFFF);
        let units = fleet.units();
        units
            .iter()
            .map(|unit| (low(&unit.thermometer), low(&unit.door)))
            .collect()
    }

    #[test]
    fn the_demo_has_eight_thermometers_and_a_door() {
        let found = sensors(&Fleet::Demo);
        assert_eq!(found.len(), 8);
        assert_eq!(found[0], (Some(1), Some(0x101)));
        assert_eq!(found[7], (Some(8), None));
        assert_eq!(
            Fleet::Demo.units()[4].cabinet,
            Cabinet::of(UnitKind::Freezer)
        );
    }

    #[test]
    fn units_count_up_and_leave_the_door_out() {
        let found = sensors(&Fleet::Units(300));
        assert_eq!(found.len(), 300);
        assert_eq!(found[0], (Some(1), None));
        assert_eq!(found[0x100], (Some(0x102), None));
    }

    #[test]
    fn named_devices_hang_where_the_demo_has_them() {
        let eui = |low| DevEui(EUI_BASE + low);
        for (named, units) in [
            (vec![5], vec![(Some(5), None)]),
            (vec![0x101], vec![(None, Some(0x101))]),
            (
                vec![2, 0x101, 1, 2],
                vec![(Some(2), None), (Some(1), Some(0x101))],
            ),
            (vec![0x7777, 1], vec![(Some(0x7777), None), (Some(1), None)]),
        ] {
            let fleet = Fleet::Devices(named.iter().copied().map(eui).collect());
            assert_eq!(sensors(&fleet), units, "{named:?}");
        }
        let stranger = &Fleet::Devices(vec![eui(0x7777)]).units()[0];
        let device = stranger.thermometer.as_ref().map(|d| d.device_id.as_str());
        assert_eq!(device, Some("eui-a840410000007777"));
    }
}
