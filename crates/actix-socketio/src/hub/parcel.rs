//! A delivery on its way to all hubs, and what they share of it. emitter -> *parcel* -> [`super::Hub`].

use std::sync::OnceLock;

use socketio_proto::socketio::Frame;

use super::{Delivery, Room};
use crate::queue::Manner;
use crate::recovery::{Journal, Numbered};

#[derive(Debug)]
pub(crate) struct Parcel {
    pub(super) rooms: Vec<Room>,
    pub(super) except: Vec<Room>,
    pub(super) frame: Frame,
    pub(super) manner: Manner,
    /// Made by the first socket with a journal, whichever hub it is in: all know the event by one number.
    numbered: OnceLock<Option<Numbered>>,
}

impl Parcel {
    pub(crate) const fn new(
        rooms: Vec<Room>,
        except: Vec<Room>,
        frame: Frame,
        manner: Manner,
    ) -> Self {
        Self {
            rooms,
            except,
            frame,
            manner,
            numbered: OnceLock::new(),
        }
    }

    /// None: it is nothing that is numbered.
    pub(super) fn numbered(&self, journal: &Journal) -> Option<&Numbered> {
        self.numbered
            .get_or_init(|| journal.number(&self.frame))
            .as_ref()
    }
}

impl From<Delivery> for Parcel {
    fn from(delivery: Delivery) -> Self {
        let Delivery {
            rooms,
            except,
            frame,
            when_full,
        } = delivery;
        Self::new(rooms, except, frame, Manner::Queued(when_full))
    }
}
