//! The JSON Schema (2020-12) of a request's body, field by field.

use serde_json::{Map, Value, json};

/// An object that admits no other fields.
#[derive(Debug, Default)]
pub(super) struct BodySchema {
    properties: Map<String, Value>,
    required: Vec<String>,
    alternatives: Vec<Value>,
}

impl BodySchema {
    /// Adds a field.
    pub(super) fn add(&mut self, name: &str, schema: Value, is_required: bool) {
        self.properties.insert(name.to_owned(), schema);
        if is_required {
            self.required.push(name.to_owned());
        }
    }

    /// All fields of one of these sets must be there.
    pub(super) fn require_one_of(&mut self, sets: &[&[&str]]) {
        let set = |fields: &&[&str]| json!({ "required": fields });
        self.alternatives = sets.iter().map(set).collect();
    }

    /// `{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{…}}}`
    pub(super) fn into_value(self) -> Value {
        let mut schema = json!({"type": "object", "additionalProperties": false});
        if !self.required.is_empty() {
            schema["required"] = self.required.into();
        }
        if !self.alternatives.is_empty() {
            schema["anyOf"] = self.alternatives.into();
        }
        schema["properties"] = self.properties.into();
        schema
    }
}

/// What also admits null.
pub(super) fn nullable(mut schema: Value) -> Value {
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind.take(), "null"]);
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    schema
}
