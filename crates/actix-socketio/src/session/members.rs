//! The sockets of a session, one per namespace: how they are let in, hear events and end. Part of [`super::Session`].
//! Bound: one per namespace of the server.

use std::sync::{Arc, OnceLock};

use actix::{ActorFutureExt as _, AsyncContext as _, Context, WrapFuture as _};
use serde_json::{Map, Value};
use socketio_proto::engineio::handshake::TransportKind;
use socketio_proto::socketio::{Action, Violation};
use tokio::sync::oneshot;

use super::Session;
use super::layer::Layer;
use super::namespace::{self, Admission, Connected, Request};
use crate::ask::Answer;
use crate::event::{Ack, Event};
use crate::handler::{DisconnectReason, Refusal};
use crate::hub::{Place, SocketKey};
use crate::namespaces::Served;
use crate::queue::Departure;
use crate::recovery::Claim;
use crate::sid;
use crate::socket::Core;

pub(super) struct Member {
    core: Arc<Core>,
    /// None while the application decides.
    connected: Option<Connected>,
}

impl Session {
    pub(super) fn act(&mut self, action: Action, ctx: &mut Context<Self>) {
        match action {
            Action::Connect { namespace, auth } => self.connect(namespace, auth, ctx),
            Action::Event {
                namespace,
                name,
                args,
                attachments,
                ack,
            } => {
                let heard = |core: &Arc<Core>| Event {
                    name,
                    args,
                    attachments,
                    ack: ack.map(|id| Ack {
                        core: Arc::clone(core),
                        id,
                    }),
                };
                self.event(&namespace, heard);
            }
            Action::Ack {
                namespace,
                id,
                args,
                attachments,
            } => self.answer(&namespace, id, Answer { args, attachments }),
            Action::Disconnect { namespace } => {
                self.finish(
                    |core| *core.place.namespace == *namespace,
                    DisconnectReason::ClientNamespaceDisconnect,
                );
            }
            Action::Reply(frame) => self.queue.push_reply(frame),
            Action::Close(violation) => self.punish(violation),
        }
    }

    pub(super) fn depart(&mut self, Departure { key, close }: Departure) {
        if let Some(member) = self
            .members
            .iter()
            .find(|member| member.core.place.key == key)
        {
            let namespace = Arc::clone(&member.core.place.namespace);
            self.layer.leave(&namespace);
        }
        self.finish(
            |core| core.place.key == key,
            DisconnectReason::ServerNamespaceDisconnect,
        );
        if close {
            self.finish_all(match self.layer {
                Layer::Packets(_) => DisconnectReason::ServerNamespaceDisconnect,
                Layer::Messages(_) => DisconnectReason::ForcedClose,
            });
            self.close_gracefully();
        }
    }

    pub(super) fn finish_all(&mut self, reason: DisconnectReason) {
        self.finish(|_| true, reason);
        self.layer.finish(reason);
    }

    fn connect(
        &mut self,
        namespace: String,
        mut auth: Map<String, Value>,
        ctx: &mut Context<Self>,
    ) {
        let served = self.server.application.served(&namespace).cloned();
        let Some(Served { handler, ids }) = served else {
            return;
        };
        let core = Arc::new(Core {
            place: Place {
                namespace: namespace.into(),
                key: self.server.next_socket(),
            },
            id: sid::random(),
            restored: OnceLock::new(),
            pid: OnceLock::new(),
            journal: handler.journal(),
            ids,
            handshake: Arc::clone(&self.handshake),
            queue: Arc::clone(&self.queue),
            hub: self.server.hubs.here(),
            hubs: Arc::clone(&self.server.hubs),
        });
        let key = core.place.key;
        self.queue.hold(key);
        self.members.push(Member {
            core: Arc::clone(&core),
            connected: None,
        });
        let config = &self.server.config;
        let request = Request {
            claim: if handler.recovers() {
                Claim::take(&mut auth, config.queue_bytes / 2)
            } else {
                None
            },
            auth: Value::Object(auth),
            limit: config.connect_timeout,
        };
        let asked = namespace::let_in(Arc::clone(&self.server), handler, core, request);
        let (tell, told) = oneshot::channel();
        let slot = Arc::clone(&self.slot);
        // Beside the actor: an answer that comes after the session's end still has its guard dropped.
        actix::spawn(async move {
            drop(tell.send(asked.await));
            drop(slot);
        });
        ctx.spawn(told.into_actor(self).map(move |answer, act, ctx| {
            act.guarded(ctx, |act, _| {
                act.answered(key, answer.unwrap_or(Err(Refusal::CloseTransport)));
            });
        }));
    }

    fn answered(&mut self, key: SocketKey, answer: Result<(Connected, Admission), Refusal>) {
        let Some(index) = self
            .members
            .iter()
            .position(|member| member.core.place.key == key)
        else {
            return;
        };
        let Layer::Packets(client) = &mut self.layer else {
            return;
        };
        match answer {
            Ok((connected, Admission { pid, missed })) => {
                let Some(member) = self.members.get_mut(index) else {
                    return;
                };
                member.connected = Some(connected);
                let core = &member.core;
                let reply = client.accept(&core.place.namespace, core.id(), pid.as_deref());
                self.queue.open(key, missed, Some(reply));
            }
            Err(Refusal::Message { message, data }) => {
                let core = self.members.swap_remove(index).core;
                self.queue.forget(key);
                let reply = client.refuse(&core.place.namespace, &message, data);
                self.queue.push_reply(reply);
            }
            Err(Refusal::CloseTransport) => {
                self.members.swap_remove(index);
                self.queue.forget(key);
                self.close_gracefully();
            }
        }
    }

    /// An answer that nobody waits for is ignored.
    fn answer(&self, namespace: &str, id: u64, answer: Answer) {
        let asked = self
            .members
            .iter()
            .find(|member| *member.core.place.namespace == *namespace)
            .and_then(|member| self.queue.answered(member.core.place.key, id));
        if let Some(waiter) = asked {
            waiter.answer(answer);
        }
    }

    fn event(&mut self, namespace: &str, heard: impl FnOnce(&Arc<Core>) -> Event) {
        let member = self
            .members
            .iter()
            .find(|member| *member.core.place.namespace == *namespace);
        if let Some(Member {
            core,
            connected: Some(connected),
        }) = member
        {
            self.running
                .start(Arc::clone(&connected.connection).event(heard(core)));
        }
    }

    fn punish(&mut self, violation: Violation) {
        let on_polling = self.engine.transport() == TransportKind::Polling;
        let reason = match violation {
            Violation::BadPacket if on_polling && self.engine.sink().is_none() => {
                DisconnectReason::ForcedServerClose
            }
            Violation::BadPacket => DisconnectReason::ForcedClose,
            Violation::OutOfOrder => DisconnectReason::ForcedServerClose,
        };
        self.inbox.clear();
        self.finish_all(reason);
        self.close_gracefully();
    }

    fn finish(&mut self, which: impl Fn(&Core) -> bool, reason: DisconnectReason) {
        for member in self
            .members
            .extract_if(.., |member| which(&member.core))
            .collect::<Vec<_>>()
        {
            self.queue.forget(member.core.place.key);
            if let Some(connected) = member.connected {
                connected.finish(reason);
            }
        }
    }
}
