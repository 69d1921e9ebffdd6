//! One client's session: transports (any thread) -> *session* -> handler, and queue -> *session* -> transports.
//!
//! It drives the machines of `socketio-proto` and outlives its transports. It ends when the engine says so, or when a
//! message panics; its sockets' `disconnect` callbacks run in every case.
//! Bounds: what clients send waits in `inbox`, at most what its transports brought in one request or batch each;
//! transports are not answered before it is empty. What is sent to the client waits in its [`Queue`].

mod layer;
mod links;
mod members;
mod messages;
mod namespace;
mod receive;
mod running;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll as TaskPoll;
use std::time::Duration;

use actix::fut::ActorFuture;
use actix::{
    Actor, ActorContext, ActorFutureExt as _, AsyncContext, Context, SpawnHandle, WrapFuture as _,
};
use futures_util::FutureExt as _;
use log::{debug, error, warn};
use socketio_proto::engineio::session::{Input, Output};
use socketio_proto::engineio::{self, CarrierId, Sink};
use socketio_proto::socketio::{Action, Encoding};

use self::layer::{Arrival, Layer};
use self::links::Links;
use self::members::Member;
pub(crate) use self::messages::{
    Poll, PostBegun, PostEnd, PostEnded, SessionGone, Shutdown, SocketFailed, SocketFrames,
    SocketOpened, bring,
};
pub(crate) use self::namespace::Namespace;
use self::running::Running;
use crate::handler::DisconnectReason;
use crate::handshake::Handshake;
use crate::queue::{Failure, Lent, Queue, WRITE_BYTES};
use crate::registry::Slot;
use crate::server::Server;

/// The actor of one session.
pub(crate) struct Session {
    server: Arc<Server>,
    sid: String,
    handshake: Arc<Handshake>,
    engine: engineio::Session,
    layer: Layer,
    queue: Arc<Queue>,
    inbox: VecDeque<Arrival>,
    members: Vec<Member>,
    running: Running,
    links: Links,
    slot: Arc<Slot>,
    alarm: Option<(Duration, SpawnHandle)>,
    /// The queue writes for this session.
    lent: bool,
    /// The engine has closed; what came before is still to be heard.
    ending: Option<DisconnectReason>,
    over: bool,
}

impl Session {
    pub(crate) fn new(
        server: Arc<Server>,
        sid: String,
        slot: Arc<Slot>,
        engine: engineio::Session,
        encoding: Option<Encoding>,
        handshake: Handshake,
    ) -> Self {
        let queue = Arc::new(Queue::new(server.config.queue_bytes));
        let handshake = Arc::new(handshake);
        Self {
            layer: Layer::new(&server, &queue, &handshake, encoding),
            running: Running::new(Arc::clone(&queue), Arc::clone(&slot)),
            handshake,
            server,
            sid,
            engine,
            queue,
            inbox: VecDeque::new(),
            members: Vec::new(),
            links: Links::default(),
            slot,
            alarm: None,
            lent: false,
            ending: None,
            over: false,
        }
    }

    /// Runs one step and what follows from it. A panic ends this session only.
    fn guarded(
        &mut self,
        ctx: &mut Context<Self>,
        step: impl FnOnce(&mut Self, &mut Context<Self>),
    ) {
        let done = catch_unwind(AssertUnwindSafe(|| {
            step(self, ctx);
            self.settle(ctx);
        }));
        if done.is_err() {
            error!(actor = "session"; "a message panicked, the session ends");
            self.end(DisconnectReason::TransportError);
            ctx.stop();
        }
    }

    fn feed(&mut self, input: Input) {
        let outputs = self.engine.handle(input, self.server.clock.now());
        self.perform(outputs);
    }

    fn perform(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Message(message) => self.inbox.extend(self.layer.handle(message)),
                Output::AnswerPoll(id, answer) => {
                    if !self.links.answer_poll(id, answer) {
                        let lost = self.engine.abort(engineio::CloseReason::TransportError);
                        self.perform(lost);
                    }
                }
                Output::AnswerPost(id, answer) => self.links.answer_post(id, answer),
                Output::Send(id, frames) => self.links.send(id, frames),
                Output::CloseSocket(id) => self.links.close(id),
                Output::Closed(reason) => self.ending = Some(reason.into()),
            }
        }
    }

    /// Brings everything in line after a step: once per step, so what queued together leaves together.
    fn settle(&mut self, ctx: &mut Context<Self>) {
        self.heed_queue(ctx);
        self.work(ctx);
        loop {
            self.flush();
            if let Some(reason) = self.ending.take() {
                self.end(reason);
            }
            if !self.write(ctx) {
                break;
            }
        }
        self.lend();
        if self.over {
            ctx.stop();
        } else {
            self.set_alarm(ctx);
        }
    }

    /// True: something has left at once, and made room for more.
    fn write(&mut self, ctx: &mut Context<Self>) -> bool {
        let mut left = false;
        for (id, socket, write) in self.links.writes() {
            if write.close {
                socket.close(write);
            } else if let Some(room) = socket.send(write) {
                self.await_room(id, room, ctx);
            } else {
                self.links.written(id);
                left = true;
            }
        }
        left
    }

    fn await_room(
        &self,
        id: CarrierId,
        room: impl Future<Output = ()> + 'static,
        ctx: &mut Context<Self>,
    ) {
        let room = room.into_actor(self);
        ctx.spawn(room.map(move |(), act, ctx| {
            act.guarded(ctx, |act, _| act.links.written(id));
        }));
    }

    /// Lends the way out to the queue as long as nothing but its frames is to be written.
    fn lend(&mut self) {
        let plain = self.engine.is_open() && !self.over && !self.members.is_empty();
        let wire = match self.engine.sink() {
            Some(Sink::Socket(id)) if plain => self.links.idle_wire(id),
            Some(Sink::Socket(_) | Sink::Poll(_)) | None => None,
        };
        if wire.is_some() == self.lent {
            return;
        }
        self.lent = wire.is_some();
        let encoding = self.layer.encoding();
        self.queue.lend(wire.map(|wire| Lent {
            wire: wire.clone(),
            encoding,
        }));
    }

    fn heed_queue(&mut self, ctx: &mut Context<Self>) {
        let notices = self.queue.notices();
        if let Some(room) = notices.blocked {
            self.lent = false;
            if let Some(Sink::Socket(id)) = self.engine.sink() {
                self.links.blocked(id);
                self.await_room(id, room.map(drop), ctx);
            }
        }
        for departure in notices.departures {
            self.depart(departure);
        }
        if let Some(failure) = notices.failure {
            match failure {
                Failure::Overflow => {
                    warn!(actor = "session"; "client reads too slowly, its transport is closed");
                }
                Failure::Panic => debug!(actor = "session"; "closed after a handler's panic"),
                Failure::Closed => {
                    self.finish_all(DisconnectReason::ForcedClose);
                    return self.close_gracefully();
                }
            }
            let outputs = self.engine.abort(engineio::CloseReason::TransportError);
            self.perform(outputs);
        }
    }

    fn work(&mut self, ctx: &mut Context<Self>) {
        while let Some(arrival) = self.inbox.pop_front() {
            match arrival {
                Arrival::Action(Action::Event { .. }) if self.running.is_full() => {
                    self.inbox.push_front(arrival);
                    return;
                }
                Arrival::Action(action) => self.act(action, ctx),
                Arrival::Message(message) => self.layer.hear(message),
            }
        }
        self.links.all_read();
    }

    fn flush(&mut self) {
        if let Some(limit) = self.room() {
            let batch = self.queue.take(limit, self.layer.encoding());
            let outputs = self.engine.flush(batch.frames, batch.drained);
            self.perform(outputs);
        }
        self.queue.set_writable(self.room().is_some());
    }

    /// Bytes that the transport takes at once. None: it takes nothing now.
    fn room(&self) -> Option<usize> {
        match self.engine.sink() {
            Some(Sink::Socket(id)) => self.links.is_idle(id).then_some(WRITE_BYTES),
            Some(Sink::Poll(_)) => Some(self.server.config.max_payload),
            None => None,
        }
    }

    fn close_gracefully(&mut self) {
        let outputs = self.engine.close(self.server.clock.now());
        self.perform(outputs);
    }

    fn end(&mut self, reason: DisconnectReason) {
        self.over = true;
        self.inbox.clear();
        self.finish_all(reason);
        self.queue.close();
    }

    /// An earlier alarm than needed is left: it only looks, and sets the next.
    fn set_alarm(&mut self, ctx: &mut Context<Self>) {
        let connect_by = self.layer.next_deadline().filter(|_| self.engine.is_open());
        let Some(due) = self
            .engine
            .next_deadline()
            .into_iter()
            .chain(connect_by)
            .min()
        else {
            return;
        };
        match self.alarm {
            Some((at, _)) if at <= due => return,
            Some((_, later)) => drop(ctx.cancel_future(later)),
            None => {}
        }
        let wait = due.saturating_sub(self.server.clock.now());
        let handle = ctx.run_later(wait, |act, ctx| act.guarded(ctx, |act, _| act.ring()));
        self.alarm = Some((due, handle));
    }

    fn ring(&mut self) {
        self.alarm = None;
        self.feed(Input::Tick);
        let now = self.server.clock.now();
        if self.engine.is_open()
            && self
                .layer
                .next_deadline()
                .is_some_and(|connect_by| now >= connect_by)
        {
            self.close_gracefully();
        }
    }
}

impl Actor for Session {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.spawn(QueueWatch);
        self.guarded(ctx, |act, _| act.layer.begin());
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end(DisconnectReason::TransportClose);
        self.server.registry.remove(&self.sid);
    }
}

/// Lets the session act when its queue is written to from elsewhere.
struct QueueWatch;

impl ActorFuture<Session> for QueueWatch {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        act: &mut Session,
        ctx: &mut Context<Session>,
        task: &mut std::task::Context<'_>,
    ) -> TaskPoll<()> {
        act.queue.register(task.waker());
        act.guarded(ctx, |_, _| {});
        TaskPoll::Pending
    }
}
