//! Many sockets at once: what is sent to them, asked of them and done with them. Part of [`super`].
//! Bounds: the hubs' mailboxes; deliveries over them are refused, everything that is awaited waits.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use actix::dev::ToEnvelope;
use actix::{Handler, Message};
use futures_util::future::join_all;
use serde::Serialize;
use serde_json::Value;
use socketio_proto::socketio::{EncodeError, Frame};

use super::Emitter;
use crate::ask::{self, Answers};
use crate::hub::{Audience, Change, ChangeMany, FetchMany, Found, Hub, HubId, Parcel, Room};
use crate::queue::{Manner, WhenFull};

/// The sockets of rooms, being addressed.
///
/// ```
/// # use actix_socketio::Emitter;
/// # async fn example(emitter: Emitter) -> Result<(), Box<dyn std::error::Error>> {
/// emitter.to(["fridge"]).except(["muted"]).emit("alert", &8.5)?;
/// emitter.everyone().volatile().emit("mood", &"good")?;
/// let votes = emitter.to(["jury"]).ask("vote", &"now", std::time::Duration::from_secs(5)).await?;
/// println!("{} votes, {} missing", votes.answers.len(), votes.missing);
/// emitter.to(["guests"]).disconnect(true).await;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing happens until it is told what to do"]
pub struct Broadcast<'a> {
    emitter: &'a Emitter,
    rooms: Vec<Room>,
    except: Vec<Room>,
    manner: Manner,
}

impl<'a> Broadcast<'a> {
    pub(super) fn new(emitter: &'a Emitter, rooms: Vec<Room>) -> Self {
        Self {
            emitter,
            rooms,
            except: Vec::new(),
            manner: Manner::default(),
        }
    }

    /// Not to those in one of these rooms. The id of a socket is such a room.
    pub fn except<I: IntoIterator<Item: Into<Room>>>(mut self, rooms: I) -> Self {
        self.except.extend(rooms.into_iter().map(Into::into));
        self
    }

    /// Only to those whose transport takes it at once: for what is soon out of date.
    pub fn volatile(mut self) -> Self {
        self.manner = Manner::Volatile;
        self
    }

    /// What becomes of it where it has no room. Default: such clients are cut off.
    pub fn when_full(mut self, when_full: WhenFull) -> Self {
        self.manner = Manner::Queued(when_full);
        self
    }

    /// Sends an event with one argument, encoded once. Returns the hubs that refused, as [`Emitter::deliver`].
    ///
    /// # Errors
    /// When the argument cannot be encoded.
    pub fn emit(self, name: &str, arg: &impl Serialize) -> Result<Vec<HubId>, EncodeError> {
        Ok(self.send(&Frame::event(name, arg)?))
    }

    /// Sends an event with any number of arguments. Returns the hubs that refused, as [`Emitter::deliver`].
    ///
    /// # Errors
    /// When the arguments cannot be encoded.
    pub fn emit_args(self, name: &str, args: &[Value]) -> Result<Vec<HubId>, EncodeError> {
        Ok(self.send(&Frame::event_args(name, args)?))
    }

    /// Sends what has been encoded before. Returns the hubs that refused, as [`Emitter::deliver`].
    #[must_use = "the hubs named here got nothing"]
    pub fn send(self, frame: &Frame) -> Vec<HubId> {
        let Self {
            emitter,
            rooms,
            except,
            manner,
        } = self;
        let frame = frame.within(&emitter.namespace);
        let parcels: Arc<[Parcel]> = Arc::new([Parcel::new(rooms, except, frame, manner)]);
        emitter.post_all(&parcels)
    }

    /// Sends an event that each socket shall answer, at the call. The future is ready when all have answered or left,
    /// at the latest after `limit`. A hub whose mailbox is full asks nobody.
    ///
    /// # Errors
    /// When the argument cannot be encoded.
    pub fn ask<T: Serialize>(
        self,
        name: &str,
        arg: &T,
        limit: Duration,
    ) -> impl Future<Output = Result<Answers, EncodeError>> + use<T> {
        let asked = Frame::event(name, arg).map(|frame| self.ask_frame(&frame, limit));
        async { Ok(asked?.await) }
    }

    /// As [`Broadcast::ask`], with what has been encoded before.
    pub fn ask_frame(
        mut self,
        frame: &Frame,
        limit: Duration,
    ) -> impl Future<Output = Answers> + use<> {
        let id = self.emitter.ids.next();
        let (waiter, inquiry) = ask::open(id);
        self.manner = Manner::Asking(waiter);
        let _full = self.send(&frame.asking(id));
        inquiry.all(limit)
    }

    /// Lets them join rooms. Ready when all hubs have done it.
    pub async fn join<I: IntoIterator<Item: Into<Room>>>(self, rooms: I) {
        let rooms = rooms.into_iter().map(Into::into).collect();
        self.change(Change::Join(rooms)).await;
    }

    /// Lets them leave rooms. Their own they do not leave. Ready when all hubs have done it.
    pub async fn leave<I: IntoIterator<Item: Into<Room>>>(self, rooms: I) {
        let rooms = rooms.into_iter().map(Into::into).collect();
        self.change(Change::Leave(rooms)).await;
    }

    /// Disconnects them, as [`crate::Socket::disconnect`]. Ready when all hubs have done it.
    pub async fn disconnect(self, close: bool) {
        self.change(Change::Disconnect { close }).await;
    }

    /// Who they are, in no order. A socket that has not been let in yet is not among them.
    pub async fn fetch(self) -> Vec<Found> {
        let (emitter, audience) = self.audience();
        let found = everywhere(emitter, &FetchMany(audience)).await;
        found.into_iter().flatten().collect()
    }

    async fn change(self, change: Change) {
        let (emitter, audience) = self.audience();
        everywhere(emitter, &ChangeMany { audience, change }).await;
    }

    fn audience(self) -> (&'a Emitter, Arc<Audience>) {
        let Self {
            emitter,
            rooms,
            except,
            ..
        } = self;
        let audience = Audience {
            namespace: Arc::clone(&emitter.namespace),
            rooms,
            except,
        };
        (emitter, Arc::new(audience))
    }
}

/// Asks all hubs; one whose thread is gone has no sockets to speak for.
async fn everywhere<M>(emitter: &Emitter, message: &M) -> Vec<M::Result>
where
    M: Message + Clone + Send + 'static,
    M::Result: Send,
    Hub: Handler<M>,
    <Hub as actix::Actor>::Context: ToEnvelope<Hub, M>,
{
    let asked: Vec<_> = {
        let seats = emitter.hubs.seats();
        seats
            .iter()
            .map(|seat| seat.hub.send(message.clone()))
            .collect()
    };
    join_all(asked)
        .await
        .into_iter()
        .filter_map(Result::ok)
        .collect()
}
