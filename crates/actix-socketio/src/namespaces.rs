//! Which handler a namespace has. builder -> *namespaces* -> session.

use std::sync::Arc;

use socketio_proto::socketio::{Known, ROOT};

use crate::handler::Handler;
use crate::session::Namespace;

/// Whether a dynamic namespace of this name exists.
type Exists = Box<dyn Fn(&str) -> bool + Send + Sync>;

#[derive(Default)]
pub(crate) struct Namespaces {
    named: Vec<(String, Arc<dyn Namespace>)>,
    /// Asked in the order in which they were added, after the named ones.
    dynamic: Vec<(Exists, Arc<dyn Namespace>)>,
}

impl Namespaces {
    pub(crate) fn add_root(&mut self, handler: impl Handler) {
        self.named.insert(0, (ROOT.to_owned(), Arc::new(handler)));
    }

    pub(crate) fn add(&mut self, name: String, handler: impl Handler) {
        self.named.push((name, Arc::new(handler)));
    }

    pub(crate) fn add_dynamic(&mut self, exists: Exists, handler: impl Handler) {
        self.dynamic.push((exists, Arc::new(handler)));
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Arc<dyn Namespace>> {
        let named = self.named.iter().find(|(known, _)| known == name);
        named.map(|(_, handler)| handler).or_else(|| {
            let dynamic = self.dynamic.iter().find(|(exists, _)| exists(name));
            dynamic.map(|(_, handler)| handler)
        })
    }

    /// The same question for the protocol's machine.
    pub(crate) fn known(self: &Arc<Self>) -> Known {
        let namespaces = Arc::clone(self);
        Arc::new(move |name| namespaces.find(name).is_some())
    }
}
