//! Which frames of a group are new: they are noted, and what was there already stays.

use std::collections::HashSet;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl,
    sql_types::{Array, Binary},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    domain::DeviceId,
    storage::{
        StoreError,
        schema::frames,
        stmt::stmt,
        types::{Id, Moment},
        writer::{job::FrameKey, unit_of_work::Frame},
    },
};

use super::answered;

/// A group's frames, and which of them can tell anything new.
pub(super) struct Frames<'a> {
    all: &'a [Frame],
    tells: Vec<bool>,
}

impl<'a> Frames<'a> {
    /// `whole`: those that are here as a whole, so that their parts tell nothing new.
    pub(super) fn of(all: &'a [Frame], mut whole: HashSet<(DeviceId, FrameKey)>) -> Self {
        let tells = all
            .iter()
            .map(|frame| {
                let key = (frame.device_id, frame.frame_key);
                if is_part(frame) {
                    !whole.contains(&key)
                } else {
                    whole.insert(key);
                    true
                }
            })
            .collect();
        Self { all, tells }
    }

    fn telling(&self) -> Vec<&'a Frame> {
        let both = self.all.iter().zip(&self.tells);
        both.filter_map(|(frame, tells)| tells.then_some(frame))
            .collect()
    }

    /// Notes them, those whose device hangs where it was thought to; gives the new ones.
    pub(super) async fn note(
        &self,
        mut connection: &AsyncPgConnection,
    ) -> Result<HashSet<(DeviceId, Vec<u8>)>, StoreError> {
        let rows = self.telling();
        let note = stmt(
            "INSERT INTO frames (device_id, frame_key, received_at) \
             SELECT new.device_id, new.frame_key, new.received_at \
             FROM unnest(?, ?, ?, ?, ?) AS new (device_id, frame_key, received_at, organization_id, unit_id) \
             JOIN devices ON devices.id = new.device_id AND devices.organization_id = new.organization_id \
             AND devices.unit_id = new.unit_id ORDER BY 1, 2 \
             ON CONFLICT DO NOTHING RETURNING device_id, frame_key",
        )
        .bind::<Array<Id>, _>(rows.iter().map(|row| row.device_id).collect::<Vec<_>>())
        .bind::<Array<Binary>, _>(rows.iter().map(|row| row.seen_key).collect::<Vec<_>>())
        .bind::<Array<Moment>, _>(rows.iter().map(|row| row.received_at).collect::<Vec<_>>())
        .bind::<Array<Id>, _>(rows.iter().map(|row| row.organization_id).collect::<Vec<_>>())
        .bind::<Array<Id>, _>(rows.iter().map(|row| row.unit_id).collect::<Vec<_>>())
        .returning::<(Id, Binary)>();
        let noted: Vec<(DeviceId, Vec<u8>)> = answered(note.load(&mut connection)).await?;
        Ok(noted.into_iter().collect())
    }

    /// For each frame, whether it is new; of the same one twice in a group the first is.
    pub(super) fn fresh(&self, mut noted: HashSet<(DeviceId, Vec<u8>)>) -> Vec<bool> {
        let both = self.all.iter().zip(&self.tells);
        both.map(|(frame, tells)| {
            *tells && noted.remove(&(frame.device_id, frame.seen_key.to_vec()))
        })
        .collect()
    }
}

/// Whether it is a part of a frame, which the frame's own message completes.
pub(super) fn is_part(frame: &Frame) -> bool {
    frame.seen_key != frame.frame_key
}

/// Which frames, of those that come in parts, are here already as a whole. One that comes meanwhile, by another node,
/// only makes a part complete it with what it says itself.
pub(super) async fn known_whole(
    mut connection: &AsyncPgConnection,
    all: &[Frame],
) -> Result<HashSet<(DeviceId, FrameKey)>, StoreError> {
    let parts: Vec<&Frame> = all.iter().filter(|frame| is_part(frame)).collect();
    let devices: Vec<_> = parts.iter().map(|frame| frame.device_id).collect();
    let keys: Vec<_> = parts.iter().map(|frame| frame.frame_key.to_vec()).collect();
    let query = frames::table
        .filter(
            frames::device_id
                .eq_any(devices)
                .and(frames::frame_key.eq_any(keys)),
        )
        .select((frames::device_id, frames::frame_key));
    let known: Vec<(DeviceId, Vec<u8>)> = answered(query.load(&mut connection)).await?;
    let key = |(device, key): (DeviceId, Vec<u8>)| Some((device, key.try_into().ok()?));
    Ok(known.into_iter().filter_map(key).collect())
}
