//! What the demo's sensors say: LHT65N frames in the envelope of The Things Stack.
//!
//! No times are in it, so the server's clock orders what many callers post at once. With times of their own, those
//! overtaken on the way would count as late, and late readings are not decided on: a lighter load.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

/// One of the demo's organizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Organization {
    /// Eight units.
    DemoFoods,
    /// Three units.
    RivalKitchen,
}

impl Organization {
    /// Email and password of its owner.
    pub(crate) const fn login(self) -> (&'static str, &'static str) {
        match self {
            Self::DemoFoods => ("demo@freshtrack.local", "freshtrack"),
            Self::RivalKitchen => ("rival@freshtrack.local", "freshtrack"),
        }
    }
}

/// A temperature sensor in its unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sensor {
    /// Whose it is.
    pub(crate) organization: Organization,
    dev_eui: &'static str,
    /// Within the limits of its unit, in hundredths of a degree Celsius, with four degrees to spare above.
    pub(crate) cold: i16,
}

const FRIDGE: i16 = 25;
const FREEZER: i16 = -3000;

/// Every temperature sensor of the demo; Demo Foods' eight come first.
pub(crate) const SENSORS: [Sensor; 11] = [
    sensor(Organization::DemoFoods, "A840410000000001", FRIDGE),
    sensor(Organization::DemoFoods, "A840410000000002", FRIDGE),
    sensor(Organization::DemoFoods, "A840410000000003", FRIDGE),
    sensor(Organization::DemoFoods, "A840410000000004", FRIDGE),
    sensor(Organization::DemoFoods, "A840410000000005", FREEZER),
    sensor(Organization::DemoFoods, "A840410000000006", FREEZER),
    sensor(Organization::DemoFoods, "A840410000000007", FRIDGE),
    sensor(Organization::DemoFoods, "A840410000000008", FRIDGE),
    sensor(Organization::RivalKitchen, "A840410000000201", FRIDGE),
    sensor(Organization::RivalKitchen, "A840410000000202", FRIDGE),
    sensor(Organization::RivalKitchen, "A840410000000203", FRIDGE),
];

const fn sensor(organization: Organization, dev_eui: &'static str, cold: i16) -> Sensor {
    Sensor {
        organization,
        dev_eui,
        cold,
    }
}

/// One frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Uplink {
    /// Who measured.
    pub(crate) sensor: Sensor,
    /// Tells it from every other frame of the run.
    pub(crate) f_cnt: u32,
    /// What was measured, in hundredths of a degree Celsius.
    pub(crate) hundredths: i16,
}

impl Uplink {
    /// Secret of the webhook that its organization has.
    pub(crate) const fn webhook_secret(&self) -> &'static str {
        match self.sensor.organization {
            Organization::DemoFoods => "demo-webhook-secret",
            Organization::RivalKitchen => "rival-webhook-secret",
        }
    }

    /// The message of the webhook, about 1.2 kB.
    pub(crate) fn body(&self) -> String {
        let dev_eui = self.sensor.dev_eui;
        json!({
            "end_device_ids": {
                "device_id": format!("eui-{}", dev_eui.to_ascii_lowercase()),
                "application_ids": { "application_id": "freshtrack-demo" },
                "dev_eui": dev_eui,
                "join_eui": "A840410000000100",
                "dev_addr": "260B6A3F",
            },
            "correlation_ids": [
                "gs:uplink:01KB3V7Q5T2M8XN4Z9C6R1HWEF",
                "rpc:/ttn.lorawan.v3.GsNs/HandleUplink:01KB3V7Q5V0G7K2P8D5S3JYTAB",
                "rpc:/ttn.lorawan.v3.NsAs/HandleUplink:01KB3V7QBX6F1W9E4Q0H8MZRCN",
            ],
            "uplink_message": {
                "session_key_id": "AZr7c1xV0Q4tWm2kJpLs9A==",
                "f_port": 2,
                "f_cnt": self.f_cnt,
                "frm_payload": STANDARD.encode(self.payload()),
                "rx_metadata": [{
                    "gateway_ids": { "gateway_id": "demo-gateway-1", "eui": "AC1F09FFFE0A7712" },
                    "timestamp": 2_718_281_828_u32,
                    "rssi": -84,
                    "channel_rssi": -84,
                    "snr": 8.5,
                    "uplink_token": "ChwKGgoOZGVtby1nYXRld2F5LTESCKwfCf/+CncSEKTZoJAK",
                    "channel_index": 5,
                }],
                "settings": {
                    "data_rate": {
                        "lora": { "bandwidth": 125_000, "spreading_factor": 7, "coding_rate": "4/5" }
                    },
                    "frequency": "867500000",
                    "timestamp": 2_718_281_828_u32,
                },
                "consumed_airtime": "0.061696s",
                "version_ids": {
                    "brand_id": "dragino",
                    "model_id": "lht65n",
                    "firmware_version": "1.8",
                    "band_id": "EU_863_870",
                },
                "network_ids": { "net_id": "000013", "tenant_id": "ttn", "cluster_id": "eu1" },
            }
        })
        .to_string()
    }

    /// Battery 3.062 V, air, 56.7 %, a probe half a degree below the air.
    fn payload(&self) -> [u8; 11] {
        let [a0, a1] = self.hundredths.to_be_bytes();
        let [p0, p1] = self.hundredths.saturating_sub(50).to_be_bytes();
        [0xCB, 0xF6, a0, a1, 0x02, 0x37, 0x01, p0, p1, 0x7F, 0xFF]
    }
}
