//! The AsyncAPI 3 document of the namespace `/`: what clients may send, what they get.

use serde_json::{Map, Value, json};

use crate::{
    domain::{Alert, schema::Schemas, schema::schema_of},
    events::{SensorReading, document},
};

use super::{AnswerCode, Command};

/// `{"asyncapi":"3.0.0","channels":{"main":{…}},"operations":{"receive_subscribe_unit":{…}},"components":{…}}`
#[must_use]
pub fn document() -> Value {
    let mut parts = Parts::default();
    for event in document::events() {
        let payload = parts.schemas.of(event.payload);
        parts.sends(event.name, event.summary, &payload);
    }
    for (name, summary, payload) in own_events() {
        parts.sends(name, summary, &payload);
    }
    for command in Command::ALL {
        parts.receives(*command);
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "FreshTrack",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Socket.IO, path `/socket.io/`, namespace `/`, handshake `auth: {token}`. Each event has one \
                argument, the payload. What a client sends is answered by its ack, if it asks for one; without one \
                an error comes as the event `error`.",
        },
        "defaultContentType": "application/json",
        "channels": {"main": {
            "address": "/",
            "description": "The namespace `/`",
            "messages": parts.messages.keys().map(|key| {
                (key.clone(), json!({"$ref": format!("#/components/messages/{key}")}))
            }).collect::<Map<_, _>>(),
        }},
        "operations": parts.operations,
        "components": {"messages": parts.messages, "schemas": parts.schemas.into_definitions()},
    })
}

#[derive(Default)]
struct Parts {
    schemas: Schemas,
    messages: Map<String, Value>,
    operations: Map<String, Value>,
}

impl Parts {
    /// An event that the server emits.
    fn sends(&mut self, name: &str, summary: &str, payload: &Value) {
        let key = self.message(name, summary, payload);
        let operation = operation("send", summary, &key);
        self.operations.insert(format!("send_{key}"), operation);
    }

    /// An event that clients emit, with the message that it is answered with.
    fn receives(&mut self, command: Command) {
        let (summary, argument) = asked(command);
        let key = self.message(command.as_str(), summary, &argument);
        let done = self.answered(command);
        let reply = format!("{command}:ack");
        let reply = self.message(&reply, "The ack", &json!({"oneOf": [done, failed()]}));
        let mut operation = operation("receive", summary, &key);
        operation["reply"] = json!({
            "channel": {"$ref": "#/channels/main"},
            "messages": [{"$ref": format!("#/channels/main/messages/{reply}")}],
        });
        self.operations.insert(format!("receive_{key}"), operation);
    }

    fn message(&mut self, name: &str, summary: &str, payload: &Value) -> String {
        let key = name.replace(':', "_");
        let message = json!({"name": name, "summary": summary, "payload": payload});
        self.messages.insert(key.clone(), message);
        key
    }

    /// What the ack of a command holds when all is well.
    fn answered(&mut self, command: Command) -> Value {
        let mut properties = json!({"ok": {"const": true}});
        let mut required = vec!["ok"];
        match command {
            Command::SubscribeSite | Command::SubscribeUnit => {
                let reading = self.schemas.of(schema_of::<SensorReading>);
                properties["latest"] = json!({"type": "array", "items": reading});
                required.push("latest");
            }
            Command::AcknowledgeAlert => {
                properties["alert"] = self.schemas.of(schema_of::<Alert>);
                required.push("alert");
            }
            Command::RefreshAuth => {
                properties["expiresAt"] = json!({"type": "string", "format": "date-time"});
                required.push("expiresAt");
            }
            Command::SubscribeOrganization
            | Command::UnsubscribeOrganization
            | Command::UnsubscribeSite
            | Command::UnsubscribeUnit => {}
        }
        json!({"type": "object", "required": required, "properties": properties})
    }
}

fn operation(action: &str, summary: &str, message: &str) -> Value {
    json!({
        "action": action,
        "summary": summary,
        "channel": {"$ref": "#/channels/main"},
        "messages": [{"$ref": format!("#/channels/main/messages/{message}")}],
    })
}

/// What a command does, and its argument.
fn asked(command: Command) -> (&'static str, Value) {
    let id = json!({"type": "string"});
    match command {
        Command::SubscribeOrganization => (
            "All readings of the own organization; its id may be given",
            json!({"type": ["string", "null"]}),
        ),
        Command::UnsubscribeOrganization => (
            "No longer all readings of the own organization",
            json!({"type": ["string", "null"]}),
        ),
        Command::SubscribeSite => ("A site's newest readings, by its id", id),
        Command::UnsubscribeSite => ("No longer a site's readings", id),
        Command::SubscribeUnit => ("A unit's newest readings, by its id", id),
        Command::UnsubscribeUnit => ("No longer a unit's readings", id),
        Command::AcknowledgeAlert => (
            "Takes an alert on; the second time, by anyone, gives the first answer",
            json!({"type": "object", "required": ["alertId"], "additionalProperties": false, "properties": {
                "alertId": {"type": "string"}, "note": {"type": ["string", "null"], "maxLength": 1000},
            }}),
        ),
        Command::RefreshAuth => (
            "The connection goes on with another access token of the same person",
            json!({"type": "object", "required": ["token"], "additionalProperties": false, "properties": {
                "token": {"type": "string"},
            }}),
        ),
    }
}

fn failed() -> Value {
    json!({"type": "object", "required": ["ok", "error"], "properties": {
        "ok": {"const": false}, "error": error(),
    }})
}

fn error() -> Value {
    json!({"type": "object", "required": ["code", "message"], "properties": {
        "code": {"type": "string", "enum": AnswerCode::ALL}, "message": {"type": "string"}, "field": {"type": "string"},
    }})
}

/// What this room itself tells a socket.
fn own_events() -> [(&'static str, &'static str, Value); 4] {
    let mut failure = error();
    failure["properties"]["event"] = json!({"type": "string"});
    [
        (
            "error",
            "To one socket: what it sent without asking for an ack was not done",
            failure,
        ),
        (
            "session:expiring",
            "To one socket: its token ends within a minute",
            json!({"type": "object", "required": ["expiresAt"], "properties": {
                "expiresAt": {"type": "string", "format": "date-time"}}}),
        ),
        (
            "session:expired",
            "To one socket, which is then disconnected",
            json!({"type": "object", "required": ["reason"], "properties": {"reason": {"type": "string"}}}),
        ),
        (
            "server:draining",
            "To all: this server is about to stop",
            json!({"type": "object", "required": ["reconnectAfterMs"], "properties": {
                "reconnectAfterMs": {"type": "integer", "minimum": 0}}}),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_and_command_is_in_the_document() {
        let document = document();
        let names: Vec<&str> = document["components"]["messages"]
            .as_object()
            .expect("messages")
            .values()
            .filter_map(|message| message["name"].as_str())
            .collect();
        let events = document::events();
        let commands = Command::ALL.iter().map(|command| command.as_str());
        for name in events.iter().map(|event| event.name).chain(commands) {
            assert!(names.contains(&name), "{name}");
        }
        for operation in document["operations"]
            .as_object()
            .expect("operations")
            .values()
        {
            for message in operation["messages"].as_array().expect("messages") {
                let pointer = message["$ref"].as_str().and_then(|at| at.strip_prefix('#'));
                let message = pointer
                    .and_then(|at| document.pointer(at))
                    .expect("a message");
                let pointer = message["$ref"].as_str().and_then(|at| at.strip_prefix('#'));
                assert!(
                    pointer.and_then(|at| document.pointer(at)).is_some(),
                    "{message}"
                );
            }
        }
    }
}
