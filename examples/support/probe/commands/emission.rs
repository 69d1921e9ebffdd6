//! What is emitted on a client's behalf, and to whom. Part of [`super`].

use std::time::Duration;

use actix_socketio::{
    Broadcast, DeliverOutcome, Delivery, EmitError, Emitter, Frame, Socket, WhenFull,
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use super::super::data::Visitor;

/// What is delivered at once, in bytes: a fraction of what may wait for a client, so that one that reads keeps up.
const PORTION: usize = 64 * 1024;

/// The longest `pad`.
const PAD: usize = 10_000_000;

/// `{"event":"e","args":[1],"rooms":["a"],"except":["b"],"volatile":true,"times":3,"pad":100}`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Emission {
    event: String,
    #[serde(default)]
    args: Vec<Value>,
    /// None: everyone.
    #[serde(default)]
    rooms: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    #[serde(default)]
    volatile: bool,
    /// Repeated so often, with the index appended.
    times: Option<u32>,
    /// So many `x` appended, as one more argument.
    pad: Option<usize>,
    /// In which an answer must come.
    #[serde(default)]
    timeout_ms: u64,
    /// Those of the arguments.
    #[serde(skip)]
    attachments: Vec<Bytes>,
}

impl Emission {
    pub(super) fn read(value: &Value, attachments: Vec<Bytes>) -> serde_json::Result<Self> {
        let emission = Self::deserialize(value)?;
        Ok(Self {
            attachments,
            ..emission
        })
    }

    pub(super) const fn limit(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// The event as it is sent once.
    pub(super) fn frame(&self) -> Result<Frame, EmitError> {
        self.numbered(None)
    }

    pub(super) fn audience<'a>(&self, emitter: &'a Emitter) -> Broadcast<'a> {
        let rooms = self.rooms.iter().map(String::as_str);
        let except = self.except.iter().map(String::as_str);
        emitter.to(rooms).except(except)
    }

    pub(super) fn to_one(&self, socket: &Socket<Visitor>) -> Result<(), EmitError> {
        self.frames().try_for_each(|frame| match self.volatile {
            true => socket.send_volatile(&frame?),
            false => socket.send(&frame?),
        })
    }

    pub(super) async fn to_many(&self, emitter: &Emitter) -> Result<(), EmitError> {
        if self.volatile {
            return self.frames().try_for_each(|frame| {
                // What a hub refuses is dropped like what a client does not take at once.
                let _refused = self.audience(emitter).volatile().send(&frame?);
                Ok(())
            });
        }
        let (mut portion, mut bytes) = (Vec::new(), 0);
        for frame in self.frames() {
            let frame = frame?;
            bytes += frame.size();
            portion.push(self.delivery(frame));
            if bytes >= PORTION {
                deliver(emitter, std::mem::take(&mut portion)).await;
                bytes = 0;
            }
        }
        deliver(emitter, portion).await;
        Ok(())
    }

    fn frames(&self) -> impl Iterator<Item = Result<Frame, EmitError>> {
        let once = self.times.is_none().then(|| self.frame());
        let repeated = (0..self.times.unwrap_or(0)).map(|index| self.numbered(Some(index)));
        once.into_iter().chain(repeated)
    }

    fn numbered(&self, index: Option<u32>) -> Result<Frame, EmitError> {
        let pad = self.pad.map(|pad| Value::String("x".repeat(pad.min(PAD))));
        let more = index.map(Value::from).into_iter().chain(pad);
        let args: Vec<Value> = self.args.iter().cloned().chain(more).collect();
        Ok(Frame::binary_event(
            &self.event,
            &args,
            self.attachments.clone(),
        )?)
    }

    fn delivery(&self, frame: Frame) -> Delivery {
        let names = |rooms: &[String]| rooms.iter().map(|room| room.as_str().into()).collect();
        Delivery {
            rooms: names(&self.rooms),
            except: names(&self.except),
            frame,
            when_full: WhenFull::Disconnect,
        }
    }
}

/// A hub that is full gets it as soon as it has room. Ready when the hubs have had a moment to hand it on.
async fn deliver(emitter: &Emitter, deliveries: Vec<Delivery>) {
    let mut refused = emitter.deliver(deliveries.clone());
    loop {
        tokio::time::sleep(Duration::from_millis(1)).await;
        refused
            .retain(|hub| emitter.deliver_to(*hub, deliveries.clone()) == DeliverOutcome::Refused);
        if refused.is_empty() {
            return;
        }
    }
}
