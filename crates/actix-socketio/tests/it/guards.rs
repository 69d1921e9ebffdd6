//! Guards that see each event before its handler.

use actix_socketio::{
    DisconnectReason, Event, Guard, Handler, Refusal, Rejection, Socket, SocketIo,
};
use serde_json::Value;

use crate::support::{Wire, serve};

struct Counting;

impl Handler for Counting {
    type Data = i64;

    async fn connect(&self, _: &Socket, auth: Value) -> Result<i64, Refusal> {
        Ok(auth["most"].as_i64().unwrap_or(0))
    }

    async fn event(&self, socket: &Socket<i64>, event: Event) {
        socket.emit("heard", &event.args).expect("a client");
    }

    fn disconnect(&self, _: &Socket<i64>, _: DisconnectReason) {}
}

/// Tells its client why an event was not heard.
struct AtMost;

impl Guard<i64> for AtMost {
    fn check(&self, socket: &Socket<i64>, event: &Event) -> Result<(), Rejection> {
        match event.args.first().and_then(Value::as_i64) {
            Some(number) if number > *socket.data() => Err(Rejection(format!("{number}"))),
            _ => Ok(()),
        }
    }

    fn rejected(&self, socket: &Socket<i64>, _: Event, Rejection(reason): Rejection) {
        socket.emit("too much", &reason).expect("a client");
    }
}

fn only_numbers(_: &Socket<i64>, event: &Event) -> Result<(), Rejection> {
    match event.args.as_slice() {
        [Value::Number(_)] => Ok(()),
        _ => Err(Rejection("no number".into())),
    }
}

#[actix_web::test]
async fn an_event_is_heard_if_all_guards_let_it_pass() {
    let handler = Counting.guarded(only_numbers).guarded(AtMost);
    let socketio = SocketIo::builder().handler(handler).build();
    let (address, _server) = serve(move || socketio.service());
    let mut wire = Wire::open(address, "EIO=4&transport=websocket").await;
    assert!(wire.text().await.starts_with('0'));
    wire.send("40{\"most\":3}");
    assert!(wire.text().await.starts_with("40"));
    for event in ["[\"e\",3]", "[\"e\",\"three\"]", "[\"e\",4]", "[\"e\",1]"] {
        wire.send(&format!("42{event}"));
    }
    for expected in ["[\"heard\",[3]]", "[\"too much\",\"4\"]", "[\"heard\",[1]]"] {
        assert_eq!(wire.text().await, format!("42{expected}"));
    }
}
