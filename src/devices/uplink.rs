//! One frame of a device, typed: `uplink_message`, or one `uplink_normalized` of it.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::Value;

use crate::domain::Timestamp;

use super::field::{self, Object};

/// Gateways of one uplink that are kept; more are ignored.
const MAX_GATEWAYS: usize = 32;

/// What the network calls every gateway of another network.
const PACKET_BROKER: &str = "packetbroker";

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Which message of a frame this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `uplink_message`: the whole frame.
    Full,
    /// `uplink_normalized`: one item of the frame, sent before the whole.
    Normalized,
}

/// One frame. What a message leaves out is zero, empty or absent here.
#[derive(Debug, Clone, PartialEq)]
pub struct Uplink {
    /// Which message of the frame.
    pub source: Source,
    /// The session; counters start again with a new one. Missing in simulated uplinks.
    pub session_key_id: Option<String>,
    /// 1..=223 for applications, 0 for a frame without payload.
    pub f_port: u8,
    /// Counter of the frame within its session; 0 is left out on the wire.
    pub f_cnt: u32,
    /// The bytes that the device sent.
    pub frm_payload: Vec<u8>,
    /// What the network's codec made of them; keeps its zeros. Empty if it failed.
    pub decoded_payload: Object,
    /// What the network's normalizer made of that, one or several items.
    pub normalized: Vec<Object>,
    /// When the network got the frame (the inner time).
    pub received_at: Option<Timestamp>,
    /// Best rssi over the gateways that told one, dBm.
    pub signal: Option<f64>,
    /// Ids of the gateways of this network that heard it, each once, at most 32.
    pub gateways: Vec<String>,
    /// The maker, as the network's device repository calls it.
    pub brand_id: Option<String>,
    /// The model, likewise.
    pub model_id: Option<String>,
}

impl Uplink {
    /// Reads the fields of the message. What only adds to a reading (gateways, versions, times) is left out if
    /// it cannot be read.
    ///
    /// # Errors
    /// The name of a field without which the frame cannot be told from others or not be decoded.
    pub(super) fn read(fields: &Object, source: Source) -> Result<Self, &'static str> {
        let versions = field::object(fields, "version_ids");
        let version = |key| versions.and_then(|ids| field::text(ids, key));
        Ok(Self {
            source,
            session_key_id: session(fields)?,
            f_port: number(fields, "f_port")?,
            f_cnt: number(fields, "f_cnt")?,
            frm_payload: bytes(fields)?,
            decoded_payload: decoded(fields)?,
            normalized: normalized(fields),
            received_at: field::text(fields, "received_at")
                .and_then(|text| Timestamp::parse(text).ok()),
            signal: best_signal(fields),
            gateways: gateways(fields),
            brand_id: version("brand_id").map(str::to_owned),
            model_id: version("model_id").map(str::to_owned),
        })
    }
}

fn session(fields: &Object) -> Result<Option<String>, &'static str> {
    match fields.get("session_key_id") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) if id.is_empty() => Ok(None),
        Some(Value::String(id)) => Ok(Some(id.clone())),
        Some(_) => Err("session_key_id"),
    }
}

fn number<N: TryFrom<i64> + Default>(
    fields: &Object,
    key: &'static str,
) -> Result<N, &'static str> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(N::default()),
        Some(value) => field::whole(value)
            .and_then(|number| N::try_from(number).ok())
            .ok_or(key),
    }
}

fn bytes(fields: &Object) -> Result<Vec<u8>, &'static str> {
    match fields.get("frm_payload") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(value) => value
            .as_str()
            .and_then(|text| BASE64.decode(text).ok())
            .ok_or("frm_payload"),
    }
}

fn decoded(fields: &Object) -> Result<Object, &'static str> {
    match fields.get("decoded_payload") {
        None | Some(Value::Null) => Ok(Object::new()),
        Some(Value::Object(decoded)) => Ok(decoded.clone()),
        Some(_) => Err("decoded_payload"),
    }
}

/// An array in `uplink_message`, one object in `uplink_normalized`; both are read in both.
fn normalized(fields: &Object) -> Vec<Object> {
    match field::object(fields, "normalized_payload") {
        Some(item) => vec![item.clone()],
        None => field::objects(fields, "normalized_payload")
            .cloned()
            .collect(),
    }
}

/// A zero is left out on the wire, so a gateway without rssi told nothing.
fn best_signal(fields: &Object) -> Option<f64> {
    field::objects(fields, "rx_metadata")
        .filter_map(|gateway| gateway.get("rssi")?.as_f64())
        .filter(|rssi| (-200.0..=100.0).contains(rssi))
        .max_by(f64::total_cmp)
}

fn gateways(fields: &Object) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for gateway in field::objects(fields, "rx_metadata") {
        let id =
            field::object(gateway, "gateway_ids").and_then(|ids| field::text(ids, "gateway_id"));
        let Some(id) = id.filter(|id| *id != PACKET_BROKER) else {
            continue;
        };
        if ids.len() < MAX_GATEWAYS && !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}
