//! What stands before the JSON of a packet that the server sends. Part of [`super`].

use std::borrow::Cow;

use super::ROOT;

/// What a server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
}

impl Kind {
    /// The type in msgpack, and in JSON without attachments.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Connect => 0,
            Self::Disconnect => 1,
            Self::Event => 2,
            Self::Ack => 3,
            Self::ConnectError => 4,
        }
    }

    /// The type in JSON with attachments, which only events and acks can have.
    const fn binary_number(self) -> u8 {
        match self {
            Self::Event => 5,
            Self::Ack => 6,
            Self::Connect | Self::Disconnect | Self::ConnectError => self.number(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Head {
    pub(super) kind: Kind,
    /// Mostly the root, which costs no allocation.
    pub(super) namespace: Cow<'static, str>,
    pub(super) id: Option<u64>,
}

impl Head {
    pub(super) fn new(kind: Kind, namespace: &str) -> Self {
        let namespace = match namespace {
            ROOT => Cow::Borrowed(ROOT),
            other => Cow::Owned(other.to_owned()),
        };
        Self {
            kind,
            namespace,
            id: None,
        }
    }

    pub(super) fn event() -> Self {
        Self::new(Kind::Event, ROOT)
    }

    pub(super) fn ack(namespace: &str, id: u64) -> Self {
        Self::new(Kind::Ack, namespace).asking(id)
    }

    pub(super) fn within(&self, namespace: &str) -> Self {
        let Self { kind, id, .. } = *self;
        Self {
            id,
            ..Self::new(kind, namespace)
        }
    }

    pub(super) fn asking(&self, id: u64) -> Self {
        Self {
            kind: self.kind,
            namespace: self.namespace.clone(),
            id: Some(id),
        }
    }

    /// `42`, `42/admin,7`, `451-`
    pub(super) fn text(&self, attachments: usize) -> String {
        let mut text = match attachments {
            0 => format!("4{}", self.kind.number()),
            count => format!("4{}{count}-", self.kind.binary_number()),
        };
        if self.namespace != ROOT {
            text.push_str(&self.namespace);
            text.push(',');
        }
        if let Some(id) = self.id {
            text.push_str(&id.to_string());
        }
        text
    }
}
