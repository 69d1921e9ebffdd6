//! JSON Schemas of what is serialized, for the documents of the REST API and of the events; each type named once.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value};

/// Gives the schema of a type, by reference where it has a name.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The [`SchemaOf`] a type.
pub fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Collects named schemas while others refer to them as `#/components/schemas/…`.
pub struct Schemas(SchemaGenerator);

impl Default for Schemas {
    fn default() -> Self {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        let settings = settings.with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        Self(settings.into_generator())
    }
}

impl Schemas {
    /// The schema of one type, mostly a reference.
    pub fn of(&mut self, schema: SchemaOf) -> Value {
        let mut schema = schema(&mut self.0).to_value();
        absent_is_not_null(&mut schema);
        schema
    }

    /// Everything that was referred to.
    #[must_use]
    pub fn into_definitions(mut self) -> Map<String, Value> {
        let mut definitions = self.0.take_definitions(true);
        definitions.values_mut().for_each(absent_is_not_null);
        definitions
    }
}

/// A field that may be absent is never null on our wire; the generator admits both.
fn absent_is_not_null(schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(absent_is_not_null),
        Value::Object(schema) => {
            let required: Vec<Value> = schema
                .get("required")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            if let Some(Value::Object(properties)) = schema.get_mut("properties") {
                for (name, property) in properties {
                    if !required.contains(&Value::from(name.as_str())) {
                        without_null(property);
                    }
                }
            }
            schema.values_mut().for_each(absent_is_not_null);
        }
        _ => {}
    }
}

fn without_null(property: &mut Value) {
    let Some(property) = property.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(kinds)) = property.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            property.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(mut choices)) = property.remove("anyOf") else {
        return;
    };
    choices.retain(|choice| choice["type"] != "null");
    match choices.as_slice() {
        [Value::Object(only)] => property.extend(only.clone()),
        _ => {
            property.insert("anyOf".to_owned(), choices.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_always_there_may_be_null() {
        let mut schema = json!({"type": "object", "required": ["latest"], "properties": {
            "latest": {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]},
            "direction": {"description": "side", "anyOf": [{"$ref": "#/x"}, {"type": "null"}]},
            "value": {"type": ["number", "null"]},
        }});
        absent_is_not_null(&mut schema);
        assert_eq!(
            schema["properties"],
            json!({
                "latest": {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]},
                "direction": {"description": "side", "$ref": "#/x"},
                "value": {"type": "number"},
            })
        );
    }
}
