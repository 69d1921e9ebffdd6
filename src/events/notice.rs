//! What servers tell each other through the log. Clients get none of it; a follower acts on each, in the order
//! of the log, so that none is missed whatever crashes when. Acting twice on one does no harm.

use serde::{Deserialize, Serialize};

use crate::domain::{SessionId, UserId};

/// Something that every server with sockets of the organization has to act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Notice {
    /// A login is over: its sockets end. `{"loginEnded":{"sessionId":"…"}}`
    LoginEnded {
        /// The family of refresh tokens.
        session_id: SessionId,
    },
    /// A person's role or membership changed: their sockets are judged anew. `{"memberChanged":{"userId":"…"}}`
    MemberChanged {
        /// The person.
        user_id: UserId,
    },
}

/// What a follower learns for its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// An entry said so.
    Notice(Notice),
    /// Entries were lost: anything may have been said.
    Missed,
}
