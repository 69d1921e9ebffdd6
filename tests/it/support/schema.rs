//! Holds a JSON value against a schema of one of the server's documents; what the schema does not name is a fault too.

use serde_json::Value;

/// Every way in which the value is not as the schema says, with where: `$.items[0].id`.
pub(crate) fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    Check {
        document,
        faults: &mut faults,
    }
    .value("$", schema, value);
    faults
}

struct Check<'a> {
    document: &'a Value,
    faults: &'a mut Vec<String>,
}

impl Check<'_> {
    fn value(&mut self, at: &str, schema: &Value, value: &Value) {
        if let Some(reference) = schema["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').expect("of this document");
            let document = self.document;
            let target = document
                .pointer(pointer)
                .expect("a reference that leads somewhere");
            return self.value(at, target, value);
        }
        if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
            return self.one_of(at, choices, value);
        }
        self.kind(at, schema, value);
        if schema["const"] != Value::Null && schema["const"] != *value {
            self.fault(at, &format!("{value} is not {}", schema["const"]));
        }
        if let Some(allowed) = schema["enum"].as_array().filter(|all| !all.contains(value)) {
            self.fault(at, &format!("{value} is none of {allowed:?}"));
        }
        match value {
            Value::Object(_) => self.object(at, schema, value),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&format!("{at}[{index}]"), &schema["items"], item);
                }
            }
            _ => {}
        }
    }

    fn one_of(&mut self, at: &str, choices: &[Value], value: &Value) {
        let fits = |choice| faults(self.document, choice, value).is_empty();
        if !choices.iter().any(fits) {
            self.fault(at, &format!("{value} is none of the choices"));
        }
    }

    fn kind(&mut self, at: &str, schema: &Value, value: &Value) {
        let kinds = match &schema["type"] {
            Value::String(kind) => vec![kind.as_str()],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        let is = |kind: &&str| match *kind {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            _ => value.is_object(),
        };
        if !kinds.iter().any(is) {
            self.fault(at, &format!("{value} is no {kinds:?}"));
        }
    }

    fn object(&mut self, at: &str, schema: &Value, value: &Value) {
        let Some(known) = schema["properties"].as_object() else {
            return;
        };
        let required = schema["required"].as_array().into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            if value.get(name).is_none() {
                self.fault(at, &format!("has no {name}"));
            }
        }
        for (name, field) in value.as_object().into_iter().flatten() {
            match known.get(name) {
                Some(schema) => self.value(&format!("{at}.{name}"), schema, field),
                None => self.fault(at, &format!("{name} is not described")),
            }
        }
    }

    fn fault(&mut self, at: &str, fault: &str) {
        self.faults.push(format!("{at}: {fault}"));
    }
}
