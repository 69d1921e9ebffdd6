//! JSON from outside, read so that no two parsers can disagree about it: for webhook and REST bodies alike.
//!
//! Refused: nesting over 64, duplicate keys, lone surrogates, invalid UTF-8, numbers beyond a double, anything
//! after the value. The size of a body is bounded by whoever receives it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::Code;

/// How deep objects and arrays may nest; the outermost counts as 1.
pub const MAX_DEPTH: u8 = 64;

/// Why a body is not JSON as we accept it, with line and column. Quotes nothing of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidJson(String);

impl InvalidJson {
    /// Always [`Code::InvalidJson`].
    #[must_use]
    pub const fn code(&self) -> Code {
        Code::InvalidJson
    }
}

/// Reads one value. Objects keep the order of their keys.
///
/// # Errors
/// [`InvalidJson`] for anything that the module refuses.
pub fn parse(body: &[u8]) -> Result<Value, InvalidJson> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = Strict { depth: 0 }
        .deserialize(&mut deserializer)
        .map_err(|error| InvalidJson(error.to_string()))?;
    deserializer
        .end()
        .map_err(|error| InvalidJson(error.to_string()))?;
    Ok(value)
}

/// Reads one object: what every body of ours is, unless a route says otherwise.
///
/// # Errors
/// [`InvalidJson`] as [`parse`], and for a value that is no object.
pub fn parse_object(body: &[u8]) -> Result<Map<String, Value>, InvalidJson> {
    match parse(body)? {
        Value::Object(object) => Ok(object),
        _ => Err(InvalidJson("expected a JSON object".to_owned())),
    }
}

/// A value inside `depth` objects and arrays.
#[derive(Clone, Copy)]
struct Strict {
    depth: u8,
}

impl Strict {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom("nested too deep"));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(inner)?;
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom("duplicate key"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_parsers_agree_on_is_read_in_order() {
        for text in [
            "{}",
            r#"{"b":1,"a":[null,true,-0.5,"\ud83d\ude00",18446744073709551615]}"#,
            r#"{"text":"","nested":{"b":{},"a":[]}}"#,
        ] {
            let object = parse_object(text.as_bytes()).expect(text);
            let expected: Map<String, Value> = serde_json::from_str(text).expect(text);
            assert_eq!(object, expected, "{text}");
        }
        let ordered = parse_object(br#"{"b":1,"a":2}"#).expect("an object");
        assert_eq!(ordered.keys().collect::<Vec<_>>(), ["b", "a"]);
    }

    #[test]
    fn what_parsers_disagree_on_is_refused() {
        for body in [
            &b""[..],
            b"\0",
            b"{",
            b"{} {}",
            b"{'a':1}",
            b"{\"a\":NaN}",
            b"{\"a\":1e400}",
            b"{\"a\":-1e400}",
            b"{\"a\":01}",
            b"{\"a\":\"\\ud83d\"}",
            b"{\"a\":\"\\ude00\"}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":1,\"a\":2}",
            b"{\"a\":{\"b\":1,\"\\u0062\":2}}",
            b"\xef\xbb\xbf{}",
            b"\x0a\x20up",
            b"[]",
            b"null",
            b"\"{}\"",
        ] {
            let text = String::from_utf8_lossy(body);
            let error = parse_object(body).expect_err(&text);
            assert_eq!(error.code(), Code::InvalidJson, "{text}");
        }
    }

    #[test]
    fn sixty_four_levels_are_read_and_sixty_five_refused() {
        let nested = |levels: usize| {
            let inner = levels - 1;
            format!("{{\"a\":{}1{}}}", "[".repeat(inner), "]".repeat(inner))
        };
        assert!(parse_object(nested(64).as_bytes()).is_ok());
        let error = parse_object(nested(65).as_bytes()).expect_err("too deep");
        assert!(error.to_string().contains("nested too deep"), "{error}");
        assert!(parse_object(nested(100_000).as_bytes()).is_err());
    }
}
