//! The arguments of a client's event, taken apart: at most one argument, no unknown field. Ids are opaque to
//! clients, so a text that cannot be one is not found, like any other that names nothing.

use std::str::FromStr;

use serde_json::{Map, Value};

use super::error::CommandError;

/// Longest text of a client that is told back, in bytes.
const SHOWN_BYTES: usize = 100;

/// What came with an event.
#[derive(Debug)]
pub(super) struct Args(pub(super) Vec<Value>);

impl Args {
    /// The one id that the event is about: `"0199…"`
    pub(super) fn id<T: FromStr>(self) -> Result<T, CommandError> {
        let text = self.optional_text()?;
        let text = text.ok_or_else(|| CommandError::invalid("id", "is missing"))?;
        found(&text)
    }

    /// Nothing, `null`, or one text: the argument `id`.
    pub(super) fn optional_text(self) -> Result<Option<String>, CommandError> {
        match self.single()? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(CommandError::invalid("id", "must be a string")),
        }
    }

    /// One object with no other fields than these.
    pub(super) fn fields(self, known: &[&str]) -> Result<Fields, CommandError> {
        let Some(Value::Object(fields)) = self.single()? else {
            return Err(CommandError::invalid("payload", "must be an object"));
        };
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => Err(CommandError::invalid(shown(unknown), "is not known")),
            None => Ok(Fields(fields)),
        }
    }

    /// `null` is what JavaScript's `undefined` becomes on the wire.
    fn single(self) -> Result<Option<Value>, CommandError> {
        let mut args = self.0.into_iter();
        let first = args.next().filter(|arg| !arg.is_null());
        match args.next() {
            None => Ok(first),
            Some(_) => Err(CommandError::invalid("payload", "must be one argument")),
        }
    }
}

/// The fields of an object, by name.
#[derive(Debug)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// A text that must be there.
    pub(super) fn text(&mut self, name: &'static str) -> Result<String, CommandError> {
        self.optional_text(name)?
            .ok_or_else(|| CommandError::invalid(name, "is missing"))
    }

    /// A text that can be absent or `null`.
    pub(super) fn optional_text(
        &mut self,
        name: &'static str,
    ) -> Result<Option<String>, CommandError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(CommandError::invalid(name, "must be a string")),
        }
    }
}

/// The id that a text stands for.
pub(super) fn found<T: FromStr>(text: &str) -> Result<T, CommandError> {
    text.parse().map_err(|_| CommandError::NotFound)
}

/// So much of a client's text as is told back or logged.
pub(super) fn shown(text: &str) -> &str {
    let end = text.floor_char_boundary(SHOWN_BYTES);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::UnitId;

    fn args(args: Value) -> Args {
        match args {
            Value::Array(args) => Args(args),
            other => panic!("{other} is no list"),
        }
    }

    /// `code field`, as the client is told.
    fn told<T>(outcome: Result<T, CommandError>) -> String {
        outcome.map_or_else(
            |error| {
                let field = error.field().unwrap_or("-");
                format!("{} {field}", error.code())
            },
            |_| "ok".to_owned(),
        )
    }

    #[test]
    fn an_id_is_one_text_and_what_cannot_be_one_is_not_found() {
        let id = "01920000-0000-7000-8000-000000000001";
        for (given, expected) in [
            (json!([id]), "ok"),
            (json!([""]), "not_found -"),
            (json!(["01920000"]), "not_found -"),
            (json!(["' OR 1=1 --"]), "not_found -"),
            (json!([]), "invalid_payload id"),
            (json!([null]), "invalid_payload id"),
            (json!([7]), "invalid_payload id"),
            (json!([{"id": id}]), "invalid_payload id"),
            (json!([id, id]), "invalid_payload payload"),
        ] {
            assert_eq!(
                told(args(given.clone()).id::<UnitId>()),
                expected,
                "{given}"
            );
        }
    }

    #[test]
    fn an_object_holds_its_known_fields_and_no_others() {
        let read = |given: Value| {
            let mut fields = args(given).fields(&["alertId", "note"])?;
            Ok((fields.text("alertId")?, fields.optional_text("note")?))
        };
        for (given, expected) in [
            (json!([{"alertId": "a", "note": "n"}]), "ok"),
            (json!([{"alertId": "a", "note": null}]), "ok"),
            (json!([{"alertId": "a"}]), "ok"),
            (json!([{"note": "n"}]), "invalid_payload alertId"),
            (json!([{"alertId": null}]), "invalid_payload alertId"),
            (json!([{"alertId": 7}]), "invalid_payload alertId"),
            (json!([{"alertId": "a", "note": 7}]), "invalid_payload note"),
            (json!([{"alertId": "a", "by": "me"}]), "invalid_payload by"),
            (json!([]), "invalid_payload payload"),
            (json!(["a"]), "invalid_payload payload"),
            (json!([[]]), "invalid_payload payload"),
            (json!([{"alertId": "a"}, 1]), "invalid_payload payload"),
        ] {
            assert_eq!(told(read(given.clone())), expected, "{given}");
        }
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        assert_eq!(shown("subscribe:unit"), "subscribe:unit");
        assert_eq!(shown(&"é".repeat(60)), "é".repeat(50));
        assert_eq!(shown(&format!("x{}", "é".repeat(60))).len(), 99);
    }
}
