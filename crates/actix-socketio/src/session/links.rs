//! The requests and WebSockets that carry a session right now. Driven by [`super::Session`].
//! Bounds: the engine allows one waiting poll, one POST and two WebSockets; others are answered or closed at once.

use socketio_proto::engineio::session::{PollAnswer, PostAnswer};
use socketio_proto::engineio::{CarrierId, WireFrame};
use tokio::sync::oneshot;

use crate::transport::{Carrier, Wire, Write};

#[derive(Default)]
pub(super) struct Links {
    polls: Vec<(CarrierId, oneshot::Sender<PollAnswer>)>,
    posts: Vec<(CarrierId, oneshot::Sender<PostAnswer>)>,
    sockets: Vec<Link>,
    /// Who waits until what it brought has been taken.
    unread: Vec<Unread>,
}

struct Link {
    id: CarrierId,
    socket: Carrier,
    /// A write is on its way: further frames wait in the session's queue.
    writing: bool,
    pending: Vec<WireFrame>,
    close: bool,
    /// The close has been written: nothing more is.
    closed: bool,
}

enum Unread {
    Post(CarrierId, PostAnswer),
    Frames(oneshot::Sender<()>),
}

impl Links {
    pub(super) fn add_poll(&mut self, id: CarrierId, answer: oneshot::Sender<PollAnswer>) {
        self.polls.push((id, answer));
    }

    pub(super) fn add_post(&mut self, id: CarrierId, answer: oneshot::Sender<PostAnswer>) {
        self.posts.push((id, answer));
    }

    pub(super) fn add_socket(&mut self, id: CarrierId, socket: Carrier) {
        self.sockets.push(Link {
            id,
            socket,
            writing: false,
            pending: Vec::new(),
            close: false,
            closed: false,
        });
    }

    /// The request or WebSocket is gone.
    pub(super) fn remove(&mut self, id: CarrierId) {
        self.polls.retain(|(known, _)| *known != id);
        self.posts.retain(|(known, _)| *known != id);
        self.sockets.retain(|link| link.id != id);
    }

    /// False: the client went away first, and the packets are lost.
    pub(super) fn answer_poll(&mut self, id: CarrierId, answer: PollAnswer) -> bool {
        let Some(index) = self.polls.iter().position(|(known, _)| *known == id) else {
            return false;
        };
        self.polls.swap_remove(index).1.send(answer).is_ok()
    }

    /// Answered by [`Links::all_read`].
    pub(super) fn answer_post(&mut self, id: CarrierId, answer: PostAnswer) {
        self.unread.push(Unread::Post(id, answer));
    }

    /// Told by [`Links::all_read`].
    pub(super) fn hold_frames(&mut self, taken: oneshot::Sender<()>) {
        self.unread.push(Unread::Frames(taken));
    }

    /// Everything that was brought has been taken.
    pub(super) fn all_read(&mut self) {
        for unread in std::mem::take(&mut self.unread) {
            match unread {
                Unread::Frames(taken) => {
                    let _gone = taken.send(());
                }
                Unread::Post(id, answer) => {
                    if let Some(index) = self.posts.iter().position(|(known, _)| *known == id) {
                        let _gone = self.posts.swap_remove(index).1.send(answer);
                    }
                }
            }
        }
    }

    pub(super) fn send(&mut self, id: CarrierId, frames: Vec<WireFrame>) {
        if let Some(link) = self.sockets.iter_mut().find(|link| link.id == id) {
            link.pending.extend(frames);
        }
    }

    pub(super) fn close(&mut self, id: CarrierId) {
        if let Some(link) = self.sockets.iter_mut().find(|link| link.id == id) {
            link.close = true;
        }
    }

    /// A WebSocket that takes frames at once.
    pub(super) fn is_idle(&self, id: CarrierId) -> bool {
        self.sockets
            .iter()
            .any(|link| link.id == id && !link.writing && link.pending.is_empty())
    }

    /// Where others may write to a WebSocket that has nothing on its way.
    pub(super) fn idle_wire(&self, id: CarrierId) -> Option<&Wire> {
        let link = self.sockets.iter().find(|link| link.id == id)?;
        let idle = !link.writing && !link.close && link.pending.is_empty();
        link.socket.wire().filter(|_| idle)
    }

    /// Others have written, and there is no room for more.
    pub(super) fn blocked(&mut self, id: CarrierId) {
        if let Some(link) = self.sockets.iter_mut().find(|link| link.id == id) {
            link.writing = true;
        }
    }

    /// The last write has been taken over by the connection.
    pub(super) fn written(&mut self, id: CarrierId) {
        if let Some(link) = self.sockets.iter_mut().find(|link| link.id == id) {
            link.writing = false;
        }
    }

    /// What is to be written now: one write per idle WebSocket. A closed one is let go of.
    pub(super) fn writes(&mut self) -> Vec<(CarrierId, Carrier, Write)> {
        let due = |link: &Link| !link.writing && (link.close || !link.pending.is_empty());
        let writes = self
            .sockets
            .iter_mut()
            .filter(|link| due(link))
            .map(|link| {
                link.writing = true;
                link.closed = link.close;
                let write = Write {
                    frames: std::mem::take(&mut link.pending),
                    close: link.close,
                };
                (link.id, link.socket.clone(), write)
            })
            .collect();
        self.sockets.retain(|link| !link.closed);
        writes
    }
}
