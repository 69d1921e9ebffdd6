//! How a client that lost its transport comes back as the same socket: session -> *recovery* -> application.
//!
//! [`crate::Handler::connect`] runs first, for everyone; only then is a [`Claim`] looked at, and only a claim that is
//! accepted gets what was missed. [`MemoryRecovery`] does it within one process, with a [`Journal`] for each socket; an
//! application with a log of its own implements [`Recovery`].
//! Bounds: what was missed takes at most [`Claim::limit`] bytes; what is kept is the implementation's.

mod journal;
mod memory;

use std::future::Future;

use serde_json::{Map, Value};
use socketio_proto::socketio::Frame;

pub use self::journal::Journal;
pub(crate) use self::journal::{Missed, Numbered};
pub use self::memory::{MemoryRecovery, Recoverable};
use crate::handler::{DisconnectReason, Refusal};
use crate::hub::Seat;
use crate::socket::Socket;

/// What a client that comes back shows: `40{"pid":"..","offset":"..",..auth}`. Both are taken out of its `auth`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it was given. Anyone may send any.
    pub pid: String,
    /// The last argument of the last event that it got, if that was a string. A client does not forget it in a fresh
    /// session, so it may be of an earlier one.
    pub offset: Option<String>,
    /// Bytes that what it missed may take: half of `queue_bytes`.
    pub limit: usize,
}

/// A claim is accepted.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The id that the socket had, and has again.
    pub sid: String,
    /// What it missed, in order. Sent before the CONNECT reply; what is delivered meanwhile follows it.
    pub missed: Vec<Frame>,
}

/// How a socket ended.
#[derive(Debug)]
pub struct Parting {
    /// Why.
    pub reason: DisconnectReason,
    /// Its rooms. Dropped, it leaves them; who keeps it has the socket's [`Journal`] go on.
    pub seat: Seat,
}

/// Brings the sockets of one handler back. Named by [`crate::Handler::recovery`].
///
/// For each socket that `connect` let in, `claim` is asked if the client claims one, and `issue` if it does not or the
/// claim is not accepted; both within the connect timeout. Events must end in their offset, a string, so that a client
/// can say what it has: by a [`Journal`], or by [`Frame::with_offset`] in the application.
///
/// An application that replays from a log of its own joins the rooms in question in `claim` and `issue`, not in
/// `connect`: what is delivered to rooms that are joined before the replay is put together would come twice. Whoever
/// delivers to the rooms can do it in one step, as it knows what it has handed to [`Socket::hub`]: it calls
/// [`Socket::join_now`] and answers with everything up to there.
pub trait Recovery<D>: Send + Sync + 'static {
    /// Numbers and keeps the events of one fresh socket from before `connect` on. Default none: the application does.
    fn journal(&self) -> Option<Journal> {
        None
    }

    /// A socket begins afresh. The pid it may come back with; None: it may not.
    fn issue(&self, socket: &Socket<D>) -> impl Future<Output = Result<Option<String>, Refusal>>;

    /// A client claims to be an earlier socket. What it shows is checked against whom `connect` found it to be; a pid
    /// that is accepted has no other live socket from then on: [`Socket::close`] ends an earlier one. None: it
    /// begins afresh. The socket has its old id when the claim has been accepted.
    fn claim(
        &self,
        socket: &Socket<D>,
        claim: Claim,
    ) -> impl Future<Output = Result<Option<Restored>, Refusal>>;

    /// A socket that `connect` let in has ended, and `disconnect` was called for it. It may come back unless
    /// [`DisconnectReason::is_final`]. Must not block.
    fn parted(&self, socket: &Socket<D>, parting: Parting);
}

/// Nobody comes back.
pub(crate) enum Nobody {}

impl<D> Recovery<D> for Nobody {
    async fn issue(&self, _: &Socket<D>) -> Result<Option<String>, Refusal> {
        match *self {}
    }

    async fn claim(&self, _: &Socket<D>, _: Claim) -> Result<Option<Restored>, Refusal> {
        match *self {}
    }

    fn parted(&self, _: &Socket<D>, _: Parting) {
        match *self {}
    }
}

impl Claim {
    /// Takes it out of what the application is shown. A pid that is no text is none.
    pub(crate) fn take(auth: &mut Map<String, Value>, limit: usize) -> Option<Self> {
        let text = |value| match value {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (pid, offset) = (text(auth.remove("pid")), text(auth.remove("offset")));
        pid.map(|pid| Self { pid, offset, limit })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_claim_is_taken_out_of_what_the_application_sees() {
        let claim = |pid: &str, offset: Option<&str>| Claim {
            pid: pid.into(),
            offset: offset.map(Into::into),
            limit: 7,
        };
        for (auth, expected) in [
            (json!({"a": 1}), None),
            (
                json!({"a": 1, "pid": "p", "offset": "o"}),
                Some(claim("p", Some("o"))),
            ),
            (json!({"a": 1, "pid": "p"}), Some(claim("p", None))),
            (
                json!({"a": 1, "pid": "p", "offset": 7}),
                Some(claim("p", None)),
            ),
            (json!({"a": 1, "pid": 7, "offset": "o"}), None),
            (json!({"a": 1, "offset": "o"}), None),
        ] {
            let mut left = auth.as_object().cloned().expect("an object");
            assert_eq!(Claim::take(&mut left, 7), expected, "{auth}");
            assert_eq!(Value::Object(left), json!({"a": 1}), "{auth}");
        }
    }
}
