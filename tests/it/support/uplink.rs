//! Uplinks as The Things Stack posts them, for tests that care about what is measured and not about the message.

use freshtrack::domain::Timestamp;
use serde_json::{Value, json};

/// One frame of a temperature sensor.
#[derive(Debug, Clone)]
pub(crate) struct Uplink {
    /// Who measured.
    pub(crate) dev_eui: String,
    /// Counts the frames of a device; with the session it tells one frame from another.
    pub(crate) f_cnt: u32,
    /// What was measured, in °C.
    pub(crate) celsius: f64,
    /// When the network received it; `None` leaves that to the server's clock.
    pub(crate) received_at: Option<Timestamp>,
}

impl Uplink {
    /// The body of the webhook message.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({
            "end_device_ids": { "dev_eui": self.dev_eui },
            "uplink_message": {
                "session_key_id": "AZq0pQ3kL8mPZsU2hVn7Wg==",
                "f_port": 2,
                "f_cnt": self.f_cnt,
                "decoded_payload": { "TempC_SHT": self.celsius, "Hum_SHT": 55.5, "BatV": 3.05 },
            }
        });
        if let Some(at) = self.received_at {
            body["received_at"] = json!(at);
            body["uplink_message"]["received_at"] = json!(at);
        }
        body
    }
}
