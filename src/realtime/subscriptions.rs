//! The site and unit rooms that a socket chose. Bound: [`MAX_SUBSCRIPTIONS`], then the next one is a conflict.

use std::collections::HashSet;

use crate::{
    domain::{OrganizationId, SiteId, UnitId},
    events::{Room, SensorReading},
    storage::{
        StoreError, sites,
        units::{self, UnitFilter},
    },
};

use super::{commands::Call, error::CommandError, reply::Reply};

/// Sites and units that one socket may follow at once.
pub(super) const MAX_SUBSCRIPTIONS: usize = 1_000;

/// Units whose newest reading an answer holds; of a site with more, the first ones by id. Keeps the answer well
/// below what may wait for a client.
const LATEST_MOST: i64 = 2_000;

/// What can be followed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    /// All units of a site.
    Site(SiteId),
    /// One unit.
    Unit(UnitId),
}

impl Subject {
    const fn room(self) -> Room {
        match self {
            Self::Site(id) => Room::Site(id),
            Self::Unit(id) => Room::Unit(id),
        }
    }

    async fn exists(self, call: &Call<'_>, within: OrganizationId) -> Result<bool, StoreError> {
        let mut conn = call.services.database.read().await?;
        match self {
            Self::Site(id) => sites::exists(&mut conn, within, id).await,
            Self::Unit(id) => units::exists(&mut conn, within, id).await,
        }
    }

    async fn latest(
        self,
        call: &Call<'_>,
        within: OrganizationId,
    ) -> Result<Vec<SensorReading>, StoreError> {
        let filter = match self {
            Self::Site(id) => UnitFilter::Site(id),
            Self::Unit(id) => UnitFilter::One(id),
        };
        let mut conn = call.services.database.read().await?;
        let units = units::list(&mut conn, within, filter, None, LATEST_MOST).await?;
        let newest = |unit: units::Unit| {
            let reading = unit.latest_reading?;
            Some(SensorReading::new(unit.id, unit.site_id, &reading))
        };
        Ok(units.into_iter().filter_map(newest).collect())
    }
}

/// What one socket follows.
#[derive(Debug, Default)]
pub(super) struct Subscriptions(HashSet<Room>);

impl Subscriptions {
    /// Adds a room; one that is there already needs no place.
    fn add(&mut self, room: Room) -> Result<(), CommandError> {
        if self.0.len() >= MAX_SUBSCRIPTIONS && !self.0.contains(&room) {
            return Err(CommandError::TooManySubscriptions);
        }
        self.0.insert(room);
        Ok(())
    }

    /// Whether it was there.
    fn remove(&mut self, room: Room) -> bool {
        self.0.remove(&room)
    }
}

/// Joins the subject's room, then reads what its subscriber starts from: in this order, so that nothing falls
/// between. The lock keeps the commands of a socket in the order in which they came.
pub(super) async fn follow(call: &Call<'_>, subject: Subject) -> Result<Reply, CommandError> {
    let within = call.session().identity()?.organization_id;
    let mut followed = call.session().subscriptions.lock().await;
    if !subject.exists(call, within).await? {
        return Err(CommandError::NotFound);
    }
    followed.add(subject.room())?;
    call.socket.join([subject.room().to_string()]).await?;
    Ok(Reply::Latest {
        latest: subject.latest(call, within).await?,
    })
}

/// Leaves the subject's room. One that was not followed is left already, if there is such a subject.
pub(super) async fn unfollow(call: &Call<'_>, subject: Subject) -> Result<Reply, CommandError> {
    let within = call.session().identity()?.organization_id;
    let mut followed = call.session().subscriptions.lock().await;
    if followed.remove(subject.room()) {
        call.socket.leave([subject.room().to_string()]).await?;
    } else if !subject.exists(call, within).await? {
        return Err(CommandError::NotFound);
    }
    Ok(Reply::Done {})
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_thousand_and_first_subscription_is_a_conflict_until_one_is_given_up() {
        let mut followed = Subscriptions::default();
        let room = |number: u128| Room::Unit(Uuid::from_u128(number).into());
        for number in 0..1_000 {
            assert!(followed.add(room(number)).is_ok(), "{number}");
        }
        assert!(followed.add(room(7)).is_ok(), "followed already");
        assert!(matches!(
            followed.add(room(1_000)),
            Err(CommandError::TooManySubscriptions)
        ));
        assert!(followed.remove(room(7)));
        assert!(!followed.remove(room(7)));
        assert!(followed.add(room(1_000)).is_ok());
    }
}
