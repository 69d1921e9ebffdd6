//! One frame as The Things Stack v3 posts it: an `uplink_message` with everything that a real one carries.
//!
//! Zero values are left out, as the stack leaves them out. Above: `player` gives the moment; below: `sensor` the frame.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    eui::DevEui,
    seed::{DEMO_FOODS, GATEWAY},
    sensor::Transmission,
};
use crate::domain::Timestamp;

/// From the gateway to the Application Server, milliseconds.
const WAY_MS: i64 = 120;

/// Shown as the server to join, by all devices.
const JOIN_EUI: DevEui = DevEui(0xA840_4100_0000_0100);

/// Of the gateway.
const GATEWAY_EUI: &str = "AC1F09FFFE000001";

/// Hz of the channels that every network of the band EU868 has, and their numbers.
const CHANNELS: [(&str, u8); 3] = [("868100000", 0), ("868300000", 1), ("868500000", 2)];

/// The body of the webhook request for this frame. `joined_at` begins the session; `now` is when the frame leaves the
/// network, `id` names it there.
pub(super) fn body(frame: &Transmission, joined_at: Timestamp, now: Timestamp, id: Uuid) -> String {
    let dev_eui = frame.device.dev_eui;
    json!({
        "end_device_ids": {
            "device_id": frame.device.device_id,
            "application_ids": { "application_id": DEMO_FOODS.application },
            "dev_eui": dev_eui.to_string(),
            "join_eui": JOIN_EUI.to_string(),
            "dev_addr": format!("260B{:04X}", dev_eui.0 & 0xFFFF),
        },
        "correlation_ids": [format!("as:up:{}", ulid(id))],
        "received_at": now,
        "uplink_message": uplink(frame, joined_at, now),
    })
    .to_string()
}

fn uplink(frame: &Transmission, joined_at: Timestamp, now: Timestamp) -> Value {
    let heard_at = now.plus_millis(-WAY_MS);
    let (frequency, channel) = CHANNELS[frame.f_cnt as usize % CHANNELS.len()];
    let mut uplink = json!({
        "session_key_id": session_key_id(frame.device.dev_eui, joined_at),
        "f_port": frame.payload.f_port(),
        "frm_payload": STANDARD.encode(frame.payload.bytes()),
        "decoded_payload": frame.payload.decoded(),
        "rx_metadata": [gateway(frame, channel, heard_at)],
        "settings": {
            "data_rate": {
                "lora": { "bandwidth": 125_000, "spreading_factor": 7, "coding_rate": "4/5" },
            },
            "frequency": frequency,
            "timestamp": gateway_micros(heard_at),
            "time": heard_at,
        },
        "received_at": heard_at,
        // Of 23 or 24 bytes at SF7, 125 kHz.
        "consumed_airtime": "0.061696s",
        "version_ids": {
            "brand_id": "dragino",
            "model_id": frame.payload.model_id(),
            "hardware_version": "_unknown_hw_version_",
            "firmware_version": "1.8",
            "band_id": "EU_863_870",
        },
        "network_ids": {
            "net_id": "000013",
            "ns_id": "EC656E0000000181",
            "tenant_id": "ttn",
            "cluster_id": "eu1",
            "cluster_address": "eu1.cloud.thethings.network",
        },
    });
    if frame.f_cnt > 0 {
        uplink["f_cnt"] = frame.f_cnt.into();
    }
    uplink
}

fn gateway(frame: &Transmission, channel: u8, heard_at: Timestamp) -> Value {
    let mut gateway = json!({
        "gateway_ids": { "gateway_id": GATEWAY, "eui": GATEWAY_EUI },
        "time": heard_at,
        "timestamp": gateway_micros(heard_at),
        "rssi": frame.rssi,
        "channel_rssi": frame.rssi,
        "received_at": heard_at,
    });
    if frame.snr != 0.0 {
        gateway["snr"] = frame.snr.into();
    }
    if channel > 0 {
        gateway["channel_index"] = channel.into();
    }
    gateway
}

/// The gateway's own counter of microseconds, 32 bits.
fn gateway_micros(at: Timestamp) -> u32 {
    let micros = at.as_millis().wrapping_mul(1000) & i64::from(u32::MAX);
    u32::try_from(micros).unwrap_or_default()
}

/// 16 bytes in base64: another session for each device and each join.
fn session_key_id(dev_eui: DevEui, joined_at: Timestamp) -> String {
    let joined = joined_at.as_millis().to_be_bytes();
    STANDARD.encode([joined, dev_eui.0.to_be_bytes()].concat())
}

/// A UUIDv7 in the alphabet of a ULID: both begin with 48 bits of milliseconds.
fn ulid(id: Uuid) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let digit = |place: u32| {
        let value = (id.as_u128() >> (5 * place)) as usize & 31;
        char::from(ALPHABET[value])
    };
    (0..26).rev().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        devices::{self, Message, Profile, Uplink},
        simulate::{
            fleet::Device,
            payload::{Door, Payload, Thermometer},
        },
    };

    const NOON: &str = "2026-05-01T12:00:00.000Z";

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect(text)
    }

    fn frame(f_cnt: u32, payload: Payload) -> Transmission {
        let device = Device {
            dev_eui: DevEui(0xA840_4100_0000_0001),
            device_id: "demo-lht65n-1".to_owned(),
        };
        Transmission {
            device: Arc::new(device),
            at: 0,
            f_cnt,
            payload,
            rssi: -71,
            snr: 9.25,
            heard: true,
        }
    }

    const FREEZER: Payload = Payload::Thermometer(Thermometer {
        air: -18.5,
        probe: -18.74,
        humidity: 67.5,
        battery: 3.062,
    });

    const OPEN: Payload = Payload::Door(Door {
        open: true,
        openings: 37,
        last_minutes: 3,
        battery: 2.952,
    });

    fn posted(frame: &Transmission) -> String {
        body(frame, at(NOON), at(NOON), Uuid::from_u128(7))
    }

    fn read(frame: &Transmission) -> Uplink {
        let envelope = devices::parse(posted(frame).as_bytes()).expect("JSON");
        assert_eq!(
            envelope.identity.dev_eui.as_deref(),
            Some("A840410000000001")
        );
        assert_eq!(
            envelope.identity.application_id.as_deref(),
            Some("freshtrack-demo")
        );
        assert_eq!(
            envelope.identity.device_id.as_deref(),
            Some("demo-lht65n-1")
        );
        match envelope.message {
            Message::Uplink(uplink) => *uplink,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_frame_comes_back_as_it_was_sent() {
        let uplink = read(&frame(7, FREEZER));
        assert_eq!((uplink.f_port, uplink.f_cnt), (2, 7));
        assert_eq!(uplink.received_at, Some(at("2026-05-01T11:59:59.880Z")));
        assert_eq!(uplink.gateways, ["demo-gateway-1"]);
        assert_eq!(uplink.signal, Some(-71.0));
        assert_eq!(uplink.model_id.as_deref(), Some("lht65n"));
        assert_eq!(read(&frame(0, OPEN)).f_cnt, 0);
        assert!(!posted(&frame(0, OPEN)).contains("f_cnt"));
    }

    #[test]
    fn bytes_and_codec_measure_the_same() {
        for payload in [FREEZER, OPEN] {
            let whole = read(&frame(1, payload));
            let mut bytes_only = whole.clone();
            bytes_only.decoded_payload.clear();
            let mut codec_only = whole;
            codec_only.frm_payload.clear();
            let profile = Profile::default();
            let measured = devices::measure(&bytes_only, &profile).expect("bytes");
            assert_eq!(
                devices::measure(&codec_only, &profile).expect("codec"),
                measured
            );
            let live = &measured[0];
            match payload {
                Payload::Thermometer(_) => assert_eq!(
                    (live.temperature, live.humidity, live.battery_volts),
                    (Some(-18.5), Some(67.5), Some(3.062))
                ),
                Payload::Door(_) => assert_eq!(
                    (live.door_open, live.battery_volts),
                    (Some(true), Some(2.952))
                ),
            }
        }
    }

    #[test]
    fn another_join_is_another_session() {
        let session = |joined: &str| {
            let body = body(&frame(3, OPEN), at(joined), at(NOON), Uuid::nil());
            let message: Value = serde_json::from_str(&body).expect("JSON");
            message["uplink_message"]["session_key_id"].clone()
        };
        assert_eq!(session(NOON), session(NOON));
        assert_ne!(session(NOON), session("2026-05-01T12:00:00.001Z"));
    }

    #[test]
    fn an_id_is_shown_in_base_32() {
        assert_eq!(ulid(Uuid::nil()), "00000000000000000000000000");
        assert_eq!(ulid(Uuid::max()), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        assert_eq!(ulid(Uuid::from_u128(33)), "00000000000000000000000011");
    }
}
