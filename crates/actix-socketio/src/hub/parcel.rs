//! A delivery on its way to all hubs, and what they share of it. emitter -> *parcel* -> [`super::Hub`].

use std::sync::{Arc, OnceLock};

use super::Delivery;
use crate::recovery::{Journal, Numbered};

#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) delivery: Delivery,
    /// Made by the first socket with a journal, whichever hub it is in: all know the event by one number.
    numbered: OnceLock<Option<Numbered>>,
}

impl Parcel {
    pub(crate) fn pack(deliveries: Vec<Delivery>) -> Arc<[Self]> {
        deliveries.into_iter().map(Self::from).collect()
    }

    /// None: it is nothing that is numbered.
    pub(super) fn numbered(&self, journal: &Journal) -> Option<&Numbered> {
        self.numbered
            .get_or_init(|| journal.number(&self.delivery.frame))
            .as_ref()
    }
}

impl From<Delivery> for Parcel {
    fn from(delivery: Delivery) -> Self {
        Self {
            delivery,
            numbered: OnceLock::new(),
        }
    }
}
