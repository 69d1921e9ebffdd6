//! Reads msgpack as JSON values with placeholders for binary. Part of [`super`].
//! Bounds: [`limits::JSON_DEPTH`] and [`limits::ATTACHMENTS`]; nothing is allocated by a length that is only announced.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::super::json::placeholder;
use super::super::packet::Malformed;
use super::date;
use crate::limits;

/// The one value of a message, and the binary in it.
pub(super) fn whole(message: &Bytes) -> Result<(Value, Vec<Bytes>), Malformed> {
    let mut reader = Reader {
        message,
        rest: message,
        attachments: Vec::new(),
    };
    let value = reader.value(0)?;
    match reader.rest {
        [] => Ok((value, reader.attachments)),
        _ => Err(Malformed),
    }
}

struct Reader<'a> {
    message: &'a Bytes,
    rest: &'a [u8],
    attachments: Vec<Bytes>,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Value, Malformed> {
        Ok(match self.byte()? {
            small @ 0x00..=0x7f => small.into(),
            fixmap @ 0x80..=0x8f => self.map(u64::from(fixmap & 0x0f), depth)?,
            fixarray @ 0x90..=0x9f => self.array(u64::from(fixarray & 0x0f), depth)?,
            fixstr @ 0xa0..=0xbf => Value::String(self.text(u64::from(fixstr & 0x1f))?),
            0xc0 => Value::Null,
            0xc2 => Value::Bool(false),
            0xc3 => Value::Bool(true),
            kind @ 0xc4..=0xc6 => {
                let length = self.unsigned(1 << (kind - 0xc4))?;
                self.binary(length)?
            }
            kind @ 0xc7..=0xc9 => {
                let length = self.unsigned(1 << (kind - 0xc7))?;
                self.extension(length)?
            }
            0xca => f64::from(f32::from_be_bytes(self.fixed()?)).into(),
            0xcb => f64::from_be_bytes(self.fixed()?).into(),
            kind @ 0xcc..=0xcf => self.unsigned(1 << (kind - 0xcc))?.into(),
            0xd0 => i8::from_be_bytes(self.fixed()?).into(),
            0xd1 => i16::from_be_bytes(self.fixed()?).into(),
            0xd2 => i32::from_be_bytes(self.fixed()?).into(),
            0xd3 => i64::from_be_bytes(self.fixed()?).into(),
            kind @ 0xd4..=0xd8 => self.extension(1 << (kind - 0xd4))?,
            kind @ 0xd9..=0xdb => {
                let length = self.unsigned(1 << (kind - 0xd9))?;
                Value::String(self.text(length)?)
            }
            kind @ 0xdc..=0xdd => {
                let length = self.unsigned(2 << (kind - 0xdc))?;
                self.array(length, depth)?
            }
            kind @ 0xde..=0xdf => {
                let length = self.unsigned(2 << (kind - 0xde))?;
                self.map(length, depth)?
            }
            negative @ 0xe0..=0xff => i8::from_be_bytes([negative]).into(),
            0xc1 => return Err(Malformed),
        })
    }

    fn array(&mut self, length: u64, depth: usize) -> Result<Value, Malformed> {
        let depth = deeper(depth)?;
        (0..length)
            .map(|_| self.value(depth))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array)
    }

    fn map(&mut self, length: u64, depth: usize) -> Result<Value, Malformed> {
        let depth = deeper(depth)?;
        let mut fields = Map::new();
        for _ in 0..length {
            let name = match self.value(depth)? {
                Value::String(name) => name,
                Value::Number(number) => number.to_string(),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                    return Err(Malformed);
                }
            };
            fields.insert(name, self.value(depth)?);
        }
        Ok(Value::Object(fields))
    }

    fn binary(&mut self, length: u64) -> Result<Value, Malformed> {
        let number = self.attachments.len();
        if number == limits::ATTACHMENTS {
            return Err(Malformed);
        }
        let bytes = self.bytes(length)?;
        self.attachments.push(self.message.slice_ref(bytes));
        Ok(placeholder(number))
    }

    fn text(&mut self, length: u64) -> Result<String, Malformed> {
        let bytes = self.bytes(length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| Malformed)
    }

    /// What JavaScript clients extend msgpack with: undefined and dates, which JSON clients send as null and text.
    fn extension(&mut self, length: u64) -> Result<Value, Malformed> {
        let kind = i8::from_be_bytes(self.fixed()?);
        match (kind, self.bytes(length)?) {
            (0, [_]) => Some(Value::Null),
            (0, milliseconds) => date::from_milliseconds(milliseconds),
            (-1, timestamp) => date::from_timestamp(timestamp),
            _ => None,
        }
        .ok_or(Malformed)
    }

    fn unsigned(&mut self, length: u64) -> Result<u64, Malformed> {
        let bytes = self.bytes(length)?;
        Ok(bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        self.fixed().map(|[byte]| byte)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Malformed)?;
        self.rest = rest;
        Ok(*bytes)
    }

    fn bytes(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(length).map_err(|_| Malformed)?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Malformed)?;
        self.rest = rest;
        Ok(bytes)
    }
}

fn deeper(depth: usize) -> Result<usize, Malformed> {
    // The map of the packet itself is no part of its JSON.
    if depth > limits::JSON_DEPTH {
        return Err(Malformed);
    }
    Ok(depth + 1)
}
