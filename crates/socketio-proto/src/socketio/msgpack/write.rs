//! Writes a packet of the server as msgpack, each number as short as it can be. Part of [`super`].

use bytes::Bytes;
use serde_json::{Map, Number, Value};

/// A packet to be written.
pub(in super::super) struct Outgoing<'a> {
    pub(in super::super) kind: u8,
    pub(in super::super) namespace: &'a str,
    pub(in super::super) id: Option<u64>,
    /// The JSON, in which placeholders stand for the attachments.
    pub(in super::super) data: Option<&'a Value>,
    pub(in super::super) attachments: &'a [Bytes],
}

/// `{"type":2,"data":["name",..],"nsp":"/","id":7}`; what is not there is left out.
pub(in super::super) fn write(packet: &Outgoing<'_>) -> Bytes {
    let mut writer = Writer {
        out: Vec::with_capacity(128),
        attachments: packet.attachments,
    };
    let fields = 2 + u64::from(packet.data.is_some()) + u64::from(packet.id.is_some());
    writer.header(fields, 0x80, 0xde);
    writer.text("type");
    writer.unsigned(u64::from(packet.kind));
    if let Some(data) = packet.data {
        writer.text("data");
        writer.value(data);
    }
    writer.text("nsp");
    writer.text(packet.namespace);
    if let Some(id) = packet.id {
        writer.text("id");
        writer.unsigned(id);
    }
    writer.out.into()
}

struct Writer<'a> {
    out: Vec<u8>,
    attachments: &'a [Bytes],
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.out.push(0xc0),
            Value::Bool(false) => self.out.push(0xc2),
            Value::Bool(true) => self.out.push(0xc3),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.text(text),
            Value::Array(values) => {
                let length = values.len() as u64;
                self.header(length, 0x90, 0xdc);
                values.iter().for_each(|value| self.value(value));
            }
            Value::Object(fields) => match self.attachment(fields) {
                Some(bytes) => self.binary(&bytes),
                None => self.map(fields),
            },
        }
    }

    fn map(&mut self, fields: &Map<String, Value>) {
        let length = fields.len() as u64;
        self.header(length, 0x80, 0xde);
        for (name, value) in fields {
            self.text(name);
            self.value(value);
        }
    }

    fn attachment(&self, fields: &Map<String, Value>) -> Option<Bytes> {
        if fields.get("_placeholder") != Some(&Value::Bool(true)) {
            return None;
        }
        let number = usize::try_from(fields.get("num")?.as_u64()?).ok()?;
        self.attachments.get(number).cloned()
    }

    fn text(&mut self, text: &str) {
        let length = text.len() as u64;
        match u8::try_from(length) {
            Ok(length @ 0..=31) => self.out.push(0xa0 | length),
            _ => self.sized(0xd9, length),
        }
        self.out.extend_from_slice(text.as_bytes());
    }

    fn binary(&mut self, bytes: &[u8]) {
        self.sized(0xc4, bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    /// A length of bytes behind `tag` in 1 byte, or behind one of the next two in 2 or 4.
    fn sized(&mut self, tag: u8, length: u64) {
        match length {
            0..=0xff => self.tagged(tag, 1, length),
            0x100..=0xffff => self.tagged(tag + 1, 2, length),
            _ => self.tagged(tag + 2, 4, length),
        }
    }

    /// The number of elements: up to 15 in the first byte, else behind `tag` in 2 bytes, or the next tag in 4. What
    /// has 4 G or more is over every limit before it comes here.
    fn header(&mut self, length: u64, short: u8, tag: u8) {
        match u8::try_from(length) {
            Ok(length @ 0..=15) => self.out.push(short | length),
            _ if length <= 0xffff => self.tagged(tag, 2, length),
            _ => self.tagged(tag + 1, 4, length),
        }
    }

    fn number(&mut self, number: &Number) {
        match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => self.unsigned(number),
            (None, Some(number), _) => self.negative(number),
            (None, None, number) => {
                self.out.push(0xcb);
                self.out
                    .extend_from_slice(&number.unwrap_or_default().to_be_bytes());
            }
        }
    }

    fn unsigned(&mut self, number: u64) {
        match number {
            0..=0x7f => self.tail(1, number),
            0x80..=0xff => self.tagged(0xcc, 1, number),
            0x100..=0xffff => self.tagged(0xcd, 2, number),
            0x1_0000..=0xffff_ffff => self.tagged(0xce, 4, number),
            _ => self.tagged(0xcf, 8, number),
        }
    }

    fn negative(&mut self, number: i64) {
        let bits = number.cast_unsigned();
        match number {
            -0x20.. => self.tail(1, bits),
            -0x80.. => self.tagged(0xd0, 1, bits),
            -0x8000.. => self.tagged(0xd1, 2, bits),
            -0x8000_0000.. => self.tagged(0xd2, 4, bits),
            _ => self.tagged(0xd3, 8, bits),
        }
    }

    fn tagged(&mut self, tag: u8, bytes: usize, number: u64) {
        self.out.push(tag);
        self.tail(bytes, number);
    }

    /// The lowest bytes of the number.
    fn tail(&mut self, bytes: usize, number: u64) {
        let all = number.to_be_bytes();
        self.out
            .extend_from_slice(all.get(8 - bytes..).unwrap_or_default());
    }
}
