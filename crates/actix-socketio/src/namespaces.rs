//! Which handler a namespace has. builder -> *namespaces* -> session, emitter.

use std::sync::Arc;

use socketio_proto::socketio::{Known, ROOT};

use crate::ask::AskIds;
use crate::handler::Handler;
use crate::session::Namespace;

/// Whether a dynamic namespace of this name exists.
type Exists = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// What stands behind a namespace, or behind all of one predicate.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) handler: Arc<dyn Namespace>,
    pub(crate) ids: Arc<AskIds>,
}

#[derive(Default)]
pub(crate) struct Namespaces {
    named: Vec<(String, Served)>,
    /// Asked in the order in which they were added, after the named ones.
    dynamic: Vec<(Exists, Served)>,
}

impl Served {
    fn new(handler: impl Handler) -> Self {
        Self {
            handler: Arc::new(handler),
            ids: Arc::default(),
        }
    }
}

impl Namespaces {
    pub(crate) fn add_root(&mut self, handler: impl Handler) {
        self.named
            .insert(0, (ROOT.to_owned(), Served::new(handler)));
    }

    pub(crate) fn add(&mut self, name: String, handler: impl Handler) {
        self.named.push((name, Served::new(handler)));
    }

    pub(crate) fn add_dynamic(&mut self, exists: Exists, handler: impl Handler) {
        self.dynamic.push((exists, Served::new(handler)));
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Served> {
        let named = self.named.iter().find(|(known, _)| known == name);
        named.map(|(_, served)| served).or_else(|| {
            let dynamic = self.dynamic.iter().find(|(exists, _)| exists(name));
            dynamic.map(|(_, served)| served)
        })
    }

    /// The same question for the protocol's machine.
    pub(crate) fn known(self: &Arc<Self>) -> Known {
        let namespaces = Arc::clone(self);
        Arc::new(move |name| namespaces.find(name).is_some())
    }
}
