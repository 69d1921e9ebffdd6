//! Sockets that lose their transport and come back: what they get, and who does not.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use actix_socketio::{
    DisconnectReason, Event, Frame, Handler, MemoryRecovery, Recoverable, Recovery, Refusal,
    Socket, SocketIo,
};
use actix_web::dev::ServerHandle;
use awc::ws;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::support::{Wire, serve, within};

/// Long enough that no test sees its end.
const WINDOW: Duration = Duration::from_secs(60);

/// Lets in who has a `user`; `note` is the data that comes back, `role` is not.
struct House(MemoryRecovery<Guest>);

struct Guest {
    user: String,
    role: Value,
    note: Mutex<Value>,
}

impl Recoverable for Guest {
    type Identity = String;

    fn identity(&self) -> String {
        self.user.clone()
    }

    fn take_over(&self, lost: &Self) {
        *self.note() = lost.note().clone();
    }
}

impl Guest {
    fn note(&self) -> std::sync::MutexGuard<'_, Value> {
        self.note.lock().expect("no test panics here")
    }
}

impl Handler for House {
    type Data = Guest;

    async fn connect(&self, socket: &Socket, auth: Value) -> Result<Guest, Refusal> {
        assert_eq!(
            (auth.get("pid"), auth.get("offset")),
            (None, None),
            "they are not the application's"
        );
        let user = auth["user"].as_str();
        let user = user.ok_or_else(|| Refusal::message("revoked"))?.to_owned();
        if auth.get("greet").is_some() {
            socket.emit("hello", &0).expect("it is being let in");
        }
        Ok(Guest {
            user,
            role: auth["role"].clone(),
            note: Mutex::default(),
        })
    }

    async fn event(&self, socket: &Socket<Guest>, event: Event) {
        match (event.name.as_str(), event.args.as_slice()) {
            ("join", [Value::String(room)]) => {
                socket.join([room.as_str()]).await.expect("the hub");
            }
            ("note", [note]) => *socket.data().note() = note.clone(),
            ("direct", [what]) => socket.emit("direct", what).expect("it is there"),
            ("volatile", [what]) => {
                let frame = Frame::event("volatile", what).expect("JSON");
                socket.send_volatile(&frame).expect("it is there");
            }
            ("question", [what]) => drop(socket.ask("question", what, WINDOW)),
            ("leave", [Value::Bool(close)]) => socket.disconnect(*close),
            _ => {}
        }
        let mut rooms = socket.rooms().await.unwrap_or_default();
        rooms.sort();
        let rooms: Vec<&str> = rooms.iter().map(|room| &**room).collect();
        let Guest { role, .. } = socket.data();
        let note = socket.data().note().clone();
        if let Some(ack) = event.ack {
            let state = json!({
                "id": socket.id(), "recovered": socket.recovered(), "rooms": rooms,
                "role": role, "note": note,
            });
            ack.send(&state).expect("it is there");
        }
    }

    fn disconnect(&self, _: &Socket<Guest>, _: DisconnectReason) {}

    fn recovery(&self) -> Option<&impl Recovery<Guest>> {
        Some(&self.0)
    }
}

struct Server {
    address: SocketAddr,
    socketio: SocketIo,
    _handle: ServerHandle,
}

/// A client by hand.
struct Peer {
    wire: Wire,
    sid: String,
    pid: String,
    /// Events before the CONNECT reply.
    missed: Vec<Value>,
    offset: Option<String>,
}

impl Server {
    fn start(recovery: MemoryRecovery<Guest>) -> Self {
        let socketio = SocketIo::builder().handler(House(recovery)).build();
        let mounted = socketio.clone();
        let (address, handle) = serve(move || mounted.service());
        Self {
            address,
            socketio,
            _handle: handle,
        }
    }

    /// The CONNECT reply, or the refusal in its place.
    async fn connect(&self, auth: Value) -> Result<Peer, String> {
        let mut wire = Wire::open(self.address, "EIO=4&transport=websocket").await;
        wire.text().await;
        wire.send(&format!("40{auth}"));
        let mut missed = Vec::new();
        loop {
            let Some(ws::Frame::Text(text)) = wire.frame().await else {
                return Err("closed".to_owned());
            };
            let text = String::from_utf8(text.to_vec()).expect("text");
            if let Some(event) = text.strip_prefix("42") {
                missed.push(serde_json::from_str(event).expect("JSON"));
                continue;
            }
            let Some(reply) = text.strip_prefix("40") else {
                return Err(text);
            };
            let reply: Value = serde_json::from_str(reply).expect("JSON");
            let field = |name: &str| reply[name].as_str().expect("a text").to_owned();
            let offset = missed.last().and_then(offset_of);
            let (sid, pid) = (field("sid"), field("pid"));
            return Ok(Peer {
                wire,
                sid,
                pid,
                missed,
                offset,
            });
        }
    }

    async fn ann(&self) -> Peer {
        let ann = self.connect(json!({"user": "ann"})).await;
        ann.expect("she is let in")
    }

    /// Ann again, with what her client knows.
    async fn back(&self, pid: &str, offset: Option<&str>) -> Peer {
        let mut auth = json!({"user": "ann", "pid": pid});
        if let Some(offset) = offset {
            auth["offset"] = json!(offset);
        }
        self.connect(auth).await.expect("she is let in")
    }

    /// The server has noticed that its clients are gone.
    async fn lost(&self) {
        let gone = async {
            while self.socketio.session_count() > 0 {
                tokio::task::yield_now().await;
            }
        };
        within("end of the sessions", gone).await;
    }

    fn tell(&self, rooms: &[&str], what: u32) {
        let refused = self
            .socketio
            .emitter()
            .to(rooms.iter().copied())
            .emit("told", &what)
            .expect("JSON");
        assert_eq!(refused, [], "the hubs are not busy");
    }
}

impl Peer {
    /// The next event.
    async fn event(&mut self) -> Value {
        let text = self.wire.text().await;
        let event = text.strip_prefix("42").expect("an event");
        let event: Value = serde_json::from_str(event).expect("JSON");
        self.offset = offset_of(&event).or_else(|| self.offset.take());
        event
    }

    /// Sends an event, and returns the socket's state after it.
    async fn state_after(&mut self, event: &str) -> Value {
        self.wire.send(&format!("421{event}"));
        let text = self.wire.text().await;
        let answer = text.strip_prefix("431").expect("an ack");
        serde_json::from_str::<Value>(answer).expect("JSON")[0].take()
    }
}

fn offset_of(event: &Value) -> Option<String> {
    event.as_array()?.last()?.as_str().map(str::to_owned)
}

/// Events without their offsets.
fn values(events: &[Value]) -> Vec<Value> {
    let without = |event: &Value| match event.as_array().map(Vec::as_slice) {
        Some([event @ .., Value::String(_)]) => json!(event),
        _ => event.clone(),
    };
    events.iter().map(without).collect()
}

#[actix_web::test]
async fn what_can_be_sent_again_ends_in_an_offset() {
    let server = Server::start(MemoryRecovery::new(WINDOW));
    let greeted = server.connect(json!({"user": "ann", "greet": 1})).await;
    let mut ann = greeted.expect("she is let in");
    let mut offsets = BTreeSet::new();
    let hello = ann.event().await;
    assert_eq!(values(std::slice::from_ref(&hello)), [json!(["hello", 0])]);
    offsets.extend(offset_of(&hello));
    ann.wire.send(r#"42["direct",1]"#);
    offsets.extend(offset_of(&ann.event().await));
    server.tell(&[&ann.sid.clone()], 2);
    offsets.extend(offset_of(&ann.event().await));
    assert_eq!(offsets.len(), 3, "{offsets:?}");
    ann.wire.send(r#"42["volatile",3]"#);
    assert_eq!(ann.event().await, json!(["volatile", 3]));
    ann.wire.send(r#"42["question",4]"#);
    assert_eq!(ann.wire.text().await, r#"420["question",4]"#);
}

#[actix_web::test]
async fn a_socket_comes_back_with_what_it_missed_its_rooms_and_its_data() {
    let server = Server::start(MemoryRecovery::new(WINDOW));
    let mut ann = server.ann().await;
    ann.state_after(r#"["join","kitchen"]"#).await;
    ann.state_after(r#"["note","tired"]"#).await;
    server.tell(&["kitchen"], 1);
    assert_eq!(values(&[ann.event().await]), [json!(["told", 1])]);
    let (sid, pid, offset) = (ann.sid, ann.pid, ann.offset);
    drop(ann.wire);
    for number in 2..=4 {
        server.tell(&["kitchen", &sid], number);
    }
    server.tell(&["cellar"], 5);
    let auth = json!({"user": "ann", "role": "cook", "greet": 1, "pid": pid, "offset": offset});
    let mut back = server.connect(auth).await.expect("she is let in");
    let told: Vec<Value> = (2..=4).map(|number| json!(["told", number])).collect();
    assert_eq!(values(&back.missed), told);
    assert_eq!((&back.sid, &back.pid), (&sid, &pid));
    assert_eq!(values(&[back.event().await]), [json!(["hello", 0])]);
    let mut rooms = vec!["kitchen", &sid];
    rooms.sort_unstable();
    let state = json!({
        "id": sid, "recovered": true, "rooms": rooms, "note": "tired", "role": "cook",
    });
    assert_eq!(back.state_after(r#"["state"]"#).await, state);
    server.tell(&[&sid], 6);
    assert_eq!(values(&[back.event().await]), [json!(["told", 6])]);
}

#[actix_web::test]
async fn an_idle_socket_comes_back_as_often_as_it_must() {
    let server = Server::start(MemoryRecovery::new(WINDOW));
    let Peer { sid, pid, wire, .. } = server.ann().await;
    drop(wire);
    for _ in 0..3 {
        let back = server.back(&pid, None).await;
        assert_eq!((&back.sid, &back.pid), (&sid, &pid));
        assert_eq!(back.missed, [] as [Value; 0]);
    }
    server.tell(&[&sid], 1);
    // What it does not acknowledge by its offset it gets again.
    for _ in 0..2 {
        let back = server.back(&pid, None).await;
        assert_eq!(values(&back.missed), [json!(["told", 1])]);
    }
    let back = server.back(&pid, None).await;
    server.tell(&[&sid], 2);
    let again = server.back(&pid, back.offset.as_deref()).await;
    assert_eq!(values(&again.missed), [json!(["told", 2])]);
    assert_eq!(again.sid, sid);
}

#[actix_web::test]
async fn what_is_claimed_wrongly_begins_afresh_and_hurts_nobody() {
    let server = Server::start(MemoryRecovery::new(WINDOW));
    let mut ann = server.ann().await;
    let (pid, sid) = (ann.pid.clone(), ann.sid.clone());
    server.tell(&[&sid], 1);
    ann.event().await;
    for (name, auth) in [
        ("another identity", json!({"user": "bob", "pid": pid})),
        ("a guessed pid", json!({"user": "ann", "pid": "guess"})),
        (
            "a pid that is no text",
            json!({"user": "ann", "pid": {"$ne": 1}}),
        ),
        (
            "an offset that is none",
            json!({"user": "ann", "pid": pid, "offset": "x"}),
        ),
        (
            "an offset of the future",
            json!({"user": "ann", "pid": pid, "offset": "999"}),
        ),
        (
            "a long offset",
            json!({"user": "ann", "pid": pid, "offset": "9".repeat(10_000)}),
        ),
    ] {
        let fresh = server.connect(auth).await.expect(name);
        assert_ne!((&fresh.sid, &fresh.pid), (&sid, &pid), "{name}");
        assert_eq!(fresh.missed, [] as [Value; 0], "{name}");
    }
    let refused = server.connect(json!({"pid": pid})).await.map(|_| ());
    assert_eq!(refused, Err(r#"44{"message":"revoked"}"#.to_owned()));
    server.tell(&[&sid], 2);
    assert_eq!(values(&[ann.event().await]), [json!(["told", 2])]);
}

#[actix_web::test]
async fn who_left_or_was_sent_away_does_not_come_back() {
    let server = Server::start(MemoryRecovery::new(WINDOW));
    for leave in ["41", r#"42["leave",false]"#, r#"42["leave",true]"#, "x"] {
        let mut ann = server.ann().await;
        ann.wire.send(leave);
        // One way or the other the server has heard it before the claim comes.
        if leave == "41" {
            ann.wire.send("40");
        }
        ann.wire.frame().await;
        let back = server.back(&ann.pid, None).await;
        assert_ne!(back.sid, ann.sid, "{leave}");
    }
}

#[actix_web::test]
async fn of_claims_at_once_the_last_becomes_the_holder() {
    let server = Server::start(MemoryRecovery::new(WINDOW));
    for _ in 0..20 {
        let ann = server.ann().await;
        let claim = || server.connect(json!({"user": "ann", "pid": ann.pid}));
        let claims = join_all((0..4).map(|_| claim())).await;
        // A client that was cut while it came back comes again: the last must not lose against the first, which is
        // closed, maybe before it was told.
        let backs: Vec<&Peer> = claims
            .iter()
            .filter_map(|claim| claim.as_ref().ok())
            .collect();
        assert!(!backs.is_empty() && backs.iter().all(|back| back.sid == ann.sid));
        let found = server
            .socketio
            .emitter()
            .to([ann.sid.as_str()])
            .fetch()
            .await;
        assert_eq!(found.len(), 1, "one live holder");
    }
}

#[actix_web::test]
async fn a_later_claim_closes_the_earlier_holder() {
    let server = Server::start(MemoryRecovery::new(WINDOW));
    let mut ann = server.ann().await;
    let back = server.back(&ann.pid, None).await;
    assert_eq!(back.sid, ann.sid);
    ann.wire.closed().await;
}

#[actix_web::test]
async fn after_the_window_a_socket_begins_afresh() {
    let server = Server::start(MemoryRecovery::new(Duration::ZERO));
    let ann = server.ann().await;
    drop(ann.wire);
    server.lost().await;
    assert_ne!(server.back(&ann.pid, None).await.sid, ann.sid);
}

#[actix_web::test]
async fn of_too_many_that_are_lost_the_first_is_given_up() {
    let server = Server::start(MemoryRecovery::new(WINDOW).sessions(1));
    let mut lost = Vec::new();
    for _ in 0..2 {
        let Peer { sid, pid, wire, .. } = server.ann().await;
        drop(wire);
        server.lost().await;
        lost.push((sid, pid));
    }
    let [(first, first_pid), (second, second_pid)] = &lost[..] else {
        panic!("two are lost");
    };
    // Both stay: another that is lost would push the second out.
    let afresh = server.back(first_pid, None).await;
    let back = server.back(second_pid, None).await;
    assert_ne!(afresh.sid, *first);
    assert_eq!(back.sid, *second);
}

#[actix_web::test]
async fn too_much_begins_afresh() {
    let server = Server::start(MemoryRecovery::new(WINDOW).events(2));
    for (events, recovered) in [(2, true), (3, false)] {
        let Peer { sid, pid, wire, .. } = server.ann().await;
        drop(wire);
        (0..events).for_each(|number| server.tell(&[&sid], number));
        let back = server.back(&pid, None).await;
        assert_eq!(back.sid == sid, recovered, "{events}");
    }
}

/// While its client comes and goes, everything is told once and in order, whichever thread serves it.
#[actix_web::test]
async fn nothing_falls_between_what_was_missed_and_what_follows() {
    const CUTS: u32 = 60;
    let server = Server::start(MemoryRecovery::new(WINDOW).events(100_000).bytes(400_000));
    let mut ann = server.ann().await;
    ann.state_after(r#"["join","kitchen"]"#).await;
    let (told, done) = (Cell::new(0), Cell::new(false));
    let telling = async {
        while !done.get() {
            server.tell(&["kitchen"], told.get());
            told.set(told.get() + 1);
            // Not faster than the hubs take it.
            server.socketio.emitter().everyone().fetch().await;
        }
    };
    let hearing = async {
        let mut heard = Vec::new();
        for _ in 0..CUTS {
            for _ in 0..3 {
                heard.push(ann.event().await);
            }
            let Peer {
                pid, sid, offset, ..
            } = ann;
            ann = server.back(&pid, offset.as_deref()).await;
            assert_eq!(ann.sid, sid);
            ann.offset = ann.offset.or(offset);
            heard.append(&mut ann.missed);
        }
        done.set(true);
        (heard, ann)
    };
    let ((), (mut heard, mut ann)) = join(telling, hearing).await;
    while heard.len() < told.get() as usize {
        heard.push(ann.event().await);
    }
    let wrong = heard
        .iter()
        .zip(0..)
        .find(|(event, place)| event[1] != *place);
    assert_eq!((wrong, heard.len()), (None, told.get() as usize));
}

#[actix_web::test]
async fn a_shutdown_closes_transports_and_not_namespaces() {
    let server = Server::start(MemoryRecovery::new(WINDOW));
    let mut ann = server.ann().await;
    let left = server.socketio.shutdown(Duration::from_secs(5)).await;
    assert_eq!(left, 0);
    ann.wire.closed().await;
}
