//! What a client may ask for: [`super::root`] -> *commands* -> emitter. Each acks, but `disconnect-me`:
//!
//! ```text
//! join(room)  leave(room)  state() -> {id,recovered,rooms,data}  set-data(key,value)
//! emit(E)  direct(E)  emit-ack(E) -> {timedOut,responses}  ask(E) -> {value} or {timedOut:true}
//!     E = {event,args?,rooms?,except?,volatile?,times?,pad?,timeoutMs?}
//! fetch(room) -> [{id,rooms}]  sockets-join(room,to)  sockets-leave(room,from)  disconnect-sockets(room,close)
//! reasons() -> [{id,reason}]  revoke(token)  disconnect-me(close)
//! ```

mod emission;

use std::fmt::Write as _;

use actix_socketio::{Answer, EmitError, Emitter, Event, Room, Socket};
use bytes::Bytes;
use serde_json::{Value, json};
use thiserror::Error;

use self::emission::Emission;
use super::data::{Memory, Visitor};

/// One event of a client, and what it is done with.
pub(crate) struct Call<'a> {
    pub(crate) socket: &'a Socket<Visitor>,
    pub(crate) emitter: &'a Emitter,
    pub(crate) memory: &'a Memory,
}

/// Why a command is not answered.
#[derive(Debug, Error)]
pub(crate) enum Unanswered {
    #[error("no such command, or not with these arguments")]
    NotUnderstood,
    #[error(transparent)]
    NoEmission(#[from] serde_json::Error),
    #[error(transparent)]
    NotSent(#[from] EmitError),
}

impl Call<'_> {
    pub(crate) async fn run(&self, event: Event) -> Result<(), Unanswered> {
        let Event {
            name,
            args,
            attachments,
            ack,
        } = event;
        let answer = match (name.as_str(), args.as_slice()) {
            ("emit" | "direct" | "emit-ack" | "ask", [emission]) => {
                let emission = Emission::read(emission, attachments)?;
                self.emit(&name, emission).await?
            }
            (name, [Value::String(room), args @ ..]) => self.move_sockets(name, room, args).await?,
            ("state", []) => self.state().await,
            ("reasons", []) => Some(json!(self.memory.disconnects())),
            ("disconnect-me", [Value::Bool(close)]) => {
                self.socket.disconnect(*close);
                return Ok(());
            }
            _ => return Err(Unanswered::NotUnderstood),
        };
        if let Some(ack) = ack {
            ack.send_args(answer.as_slice(), Vec::new())?;
        }
        Ok(())
    }

    /// A socket, or a hub, that is gone does not answer: then neither does the probe.
    async fn move_sockets(
        &self,
        name: &str,
        text: &str,
        args: &[Value],
    ) -> Result<Option<Value>, Unanswered> {
        let others = self.emitter.to([text]);
        match (name, args) {
            ("join", []) => drop(self.socket.join([text]).await),
            ("leave", []) => drop(self.socket.leave([text]).await),
            ("set-data", [value]) => self.socket.data().set(text, value.clone()),
            ("sockets-join", [Value::String(to)]) => others.join([to.as_str()]).await,
            ("sockets-leave", [Value::String(from)]) => others.leave([from.as_str()]).await,
            ("disconnect-sockets", [Value::Bool(close)]) => others.disconnect(*close).await,
            ("revoke", []) => self.memory.revoke(text),
            ("fetch", []) => {
                let found = others.fetch().await.into_iter();
                let found = found.map(|one| json!({"id": &*one.id, "rooms": sorted(&one.rooms)}));
                return Ok(Some(found.collect()));
            }
            _ => return Err(Unanswered::NotUnderstood),
        }
        Ok(None)
    }

    async fn state(&self) -> Option<Value> {
        let rooms = self.socket.rooms().await.ok()?;
        Some(json!({
            "id": self.socket.id(),
            "recovered": self.socket.recovered(),
            "rooms": sorted(&rooms),
            "data": self.socket.data().values(),
        }))
    }

    async fn emit(&self, name: &str, emission: Emission) -> Result<Option<Value>, Unanswered> {
        match name {
            "direct" => emission.to_one(self.socket)?,
            "ask" => {
                let asked = self.socket.ask_frame(&emission.frame()?, emission.limit());
                return Ok(Some(match asked.await {
                    Ok(answer) => json!({ "value": first(answer) }),
                    Err(_) => json!({ "timedOut": true }),
                }));
            }
            "emit-ack" => {
                let asked = emission.audience(self.emitter);
                let answers = asked.ask_frame(&emission.frame()?, emission.limit()).await;
                let responses: Vec<Value> = answers.answers.into_iter().map(first).collect();
                return Ok(Some(
                    json!({ "timedOut": answers.missing > 0, "responses": responses }),
                ));
            }
            _ => emission.to_many(self.emitter).await?,
        }
        Ok(None)
    }
}

fn sorted(rooms: &[Room]) -> Vec<&str> {
    let mut names: Vec<&str> = rooms.iter().map(|room| &**room).collect();
    names.sort_unstable();
    names
}

/// The first argument of an answer; binary as `"hex:00ff"`.
fn first(Answer { args, attachments }: Answer) -> Value {
    let value = args.into_iter().next().unwrap_or(Value::Null);
    let number = value
        .get("_placeholder")
        .and_then(|_| value.get("num")?.as_u64())
        .and_then(|number| usize::try_from(number).ok());
    match number.and_then(|number| attachments.get(number)) {
        Some(bytes) => Value::String(hex(bytes)),
        None => value,
    }
}

fn hex(bytes: &Bytes) -> String {
    bytes.iter().fold("hex:".to_owned(), |mut text, byte| {
        // Writing into a text does not fail.
        let _never = write!(text, "{byte:02x}");
        text
    })
}
