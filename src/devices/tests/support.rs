//! What several tests of the room need.

use crate::devices::{
    Source, Uplink,
    catalog::{self, Sensor},
    quantity::Quantity,
};

/// Reads a file of `tests/fixtures/ttn/`.
macro_rules! fixture {
    ($name:literal) => {
        serde_json::from_str(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/ttn/",
            $name
        )))
        .expect($name)
    };
}
pub(super) use fixture;

/// A frame without anything in it.
pub(in crate::devices) fn uplink() -> Uplink {
    Uplink {
        source: Source::Full,
        session_key_id: None,
        f_port: 0,
        f_cnt: 0,
        frm_payload: Vec::new(),
        decoded_payload: serde_json::Map::new(),
        normalized: Vec::new(),
        received_at: None,
        signal: None,
        gateways: Vec::new(),
        brand_id: None,
        model_id: None,
    }
}

/// What we know of a sensor of this name.
pub(in crate::devices) fn sensor(model: &str) -> &'static Sensor {
    catalog::find(model, &uplink())
}

/// The number in a quantity.
pub(in crate::devices) fn value(quantity: Quantity) -> Option<f64> {
    quantity.value()
}
