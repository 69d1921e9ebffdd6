//! What we know of sensors by their names: only where they differ from what any sensor does.
//!
//! A name is looked for in the model that people gave the device, then in the model and the brand that the
//! network knows; case and punctuation do not count (`Dragino LHT65N-E3` is an `LHT65`). First row wins.

use super::{
    quantity::{Quantity, Range},
    uplink::Uplink,
};

/// How the bytes of a sensor are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// No decoder of ours.
    Unknown,
    /// Dragino LHT65 and LHT65N.
    Lht65,
    /// Dragino LDS01 and LDS02.
    Lds02,
    /// Milesight EM300-TH and EM320-TH.
    Em300Th,
    /// Milesight EM300-MCS.
    Em300Mcs,
    /// Every sensor of Elsys.
    Elsys,
    /// Netvox R711, R718A, R718AB and R720A.
    NetvoxTh,
    /// MClimate HT.
    MclimateHt,
    /// MClimate Open/Close.
    MclimateOpenClose,
}

/// What a field that is called just `battery` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BareBattery {
    /// %.
    Percent,
    /// V.
    Volts,
    /// Depends on the number: a bare 3 can be either.
    Unknown,
}

/// A field with a name too general to mean a door on any other sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DoorField {
    /// Only fields that name a door or a contact.
    Named,
    /// `status` too.
    Status,
    /// `digital` too.
    Digital,
}

/// One kind of sensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sensor {
    names: &'static [&'static str],
    /// How its bytes are read.
    pub(super) layout: Layout,
    /// Possible °C of the sensor in the housing.
    pub(super) air: Range,
    /// Possible °C of a probe.
    pub(super) probe: Range,
    /// A probe beside a sensor in the housing: the one must not stand for the other.
    pub(super) has_both: bool,
    /// Meaning of `battery`.
    pub(super) battery: BareBattery,
    /// What else tells of the door.
    pub(super) door: DoorField,
    /// °C at which a broken element saturates inside its range, its humidity being worthless then too.
    saturation: Option<f64>,
}

impl Sensor {
    /// Whether this temperature is the mark of a broken element.
    pub(super) fn saturates(&self, air: Quantity) -> bool {
        self.saturation
            .is_some_and(|mark| air == Quantity::Value(mark))
    }
}

const UNKNOWN: Sensor = Sensor {
    names: &[],
    layout: Layout::Unknown,
    air: Range::ANY_TEMPERATURE,
    probe: Range::ANY_TEMPERATURE,
    has_both: false,
    battery: BareBattery::Unknown,
    door: DoorField::Named,
    saturation: None,
};

const BROWAN: Sensor = Sensor {
    names: &["BROWAN", "TBHH100", "TBHV110", "TBMS100", "MERRYIOT"],
    battery: BareBattery::Volts,
    // The seven bits of the temperature, less its offset of 32.
    saturation: Some(95.0),
    ..UNKNOWN
};

const MCLIMATE: Sensor = Sensor {
    names: &["MCLIMATE", "VICKI", "FLOOD-SENSOR"],
    battery: BareBattery::Volts,
    ..UNKNOWN
};

const MILESIGHT: Sensor = Sensor {
    names: &[
        "MILESIGHT",
        "EM300",
        "EM310",
        "EM320",
        "EM500",
        "AM103",
        "AM107",
        "AM307",
        "AM319",
        "WS301",
    ],
    battery: BareBattery::Percent,
    ..UNKNOWN
};

const ELSYS: Sensor = Sensor {
    names: &["ELSYS", "ERS", "EMS"],
    layout: Layout::Elsys,
    air: Range::SHT,
    ..UNKNOWN
};

const SENSORS: &[Sensor] = &[
    Sensor {
        names: &["LHT65"],
        layout: Layout::Lht65,
        air: Range::SHT,
        probe: Range::DS18B20,
        has_both: true,
        ..UNKNOWN
    },
    Sensor {
        names: &["LDS02", "LDS01"],
        layout: Layout::Lds02,
        ..UNKNOWN
    },
    Sensor {
        names: &["LSN50"],
        air: Range::SHT,
        probe: Range::DS18B20,
        has_both: true,
        ..UNKNOWN
    },
    Sensor {
        names: &["TBDW100", "BROWAN-DOOR"],
        door: DoorField::Status,
        ..BROWAN
    },
    BROWAN,
    Sensor {
        names: &["MCLIMATE-OPEN", "OPEN-CLOSE"],
        layout: Layout::MclimateOpenClose,
        door: DoorField::Status,
        ..MCLIMATE
    },
    Sensor {
        names: &["MCLIMATE-HT", "HT-SENSOR"],
        layout: Layout::MclimateHt,
        air: Range::SHT,
        has_both: true,
        ..MCLIMATE
    },
    MCLIMATE,
    Sensor {
        names: &["EMS-DOOR"],
        door: DoorField::Digital,
        ..ELSYS
    },
    ELSYS,
    Sensor {
        names: &["R711", "R718A", "R720A"],
        layout: Layout::NetvoxTh,
        ..UNKNOWN
    },
    Sensor {
        names: &["TENEO", "CO2-STOPLICHT", "RIVERCITY", "RIVER-CITY"],
        battery: BareBattery::Volts,
        ..UNKNOWN
    },
    Sensor {
        names: &["EM300-TH", "EM320-TH"],
        layout: Layout::Em300Th,
        air: Range::SHT,
        ..MILESIGHT
    },
    Sensor {
        names: &["EM300-MCS"],
        layout: Layout::Em300Mcs,
        air: Range::SHT,
        ..MILESIGHT
    },
    MILESIGHT,
    Sensor {
        names: &["SENSATIVE", "STRIPS"],
        battery: BareBattery::Percent,
        ..UNKNOWN
    },
];

/// The sensor behind an uplink; `model` is what people call it, empty if they did not say.
pub(super) fn find(model: &str, uplink: &Uplink) -> &'static Sensor {
    [
        Some(model),
        uplink.model_id.as_deref(),
        uplink.brand_id.as_deref(),
    ]
    .into_iter()
    .flatten()
    .find_map(by_name)
    .unwrap_or(&UNKNOWN)
}

fn by_name(text: &str) -> Option<&'static Sensor> {
    let words = words(text);
    SENSORS
        .iter()
        .find(|sensor| sensor.names.iter().any(|name| starts_a_word(&words, name)))
}

fn starts_a_word(words: &str, name: &str) -> bool {
    words
        .match_indices(name)
        .any(|(at, _)| at == 0 || words.as_bytes().get(at - 1) == Some(&b'-'))
}

/// Upper case, with one `-` for each run of anything but letters and digits.
fn words(text: &str) -> String {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
        .to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_their_dress() {
        for (text, layout) in [
            ("LHT65", Layout::Lht65),
            ("lht65n", Layout::Lht65),
            ("Dragino LHT65N-E3", Layout::Lht65),
            ("dragino_lds02", Layout::Lds02),
            ("EM300-TH", Layout::Em300Th),
            ("Milesight EM320-TH", Layout::Em300Th),
            ("em300_mcs", Layout::Em300Mcs),
            ("EM300-ZLD", Layout::Unknown),
            ("Elsys ERS", Layout::Elsys),
            ("ERS CO2 Lite", Layout::Elsys),
            ("EMS Door", Layout::Elsys),
            ("Netvox R718A", Layout::NetvoxTh),
            ("R718AB", Layout::NetvoxTh),
            ("R718B", Layout::Unknown),
            ("MClimate HT", Layout::MclimateHt),
            ("HT-SENSOR", Layout::MclimateHt),
            ("MClimate Open/Close", Layout::MclimateOpenClose),
            ("MClimate Vicki", Layout::Unknown),
            ("XLHT65", Layout::Unknown),
            ("LSN50v2-D20", Layout::Unknown),
            ("", Layout::Unknown),
            ("-", Layout::Unknown),
        ] {
            let found = by_name(text).unwrap_or(&UNKNOWN);
            assert_eq!(found.layout, layout, "{text}");
        }
    }

    #[test]
    fn a_model_goes_before_its_maker() {
        for (text, door, battery) in [
            ("TBDW100", DoorField::Status, BareBattery::Volts),
            ("tabs-tbhh100", DoorField::Named, BareBattery::Volts),
            ("MClimate Open/Close", DoorField::Status, BareBattery::Volts),
            ("MClimate Vicki", DoorField::Named, BareBattery::Volts),
            ("Elsys EMS Door", DoorField::Digital, BareBattery::Unknown),
            ("Elsys EMS", DoorField::Named, BareBattery::Unknown),
            ("EM300-MCS", DoorField::Named, BareBattery::Percent),
        ] {
            let sensor = by_name(text).expect(text);
            assert_eq!((sensor.door, sensor.battery), (door, battery), "{text}");
        }
    }
}
