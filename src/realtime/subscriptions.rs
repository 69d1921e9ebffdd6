//! Sockets join the rooms that they ask for, and leave them; what they changed is written down before the answer,
//! so that they come back into the same rooms. Bounds: [`Rooms`].

use actix_socketio::Gone;

use crate::{
    actors::Entry,
    domain::{OrganizationId, SiteId, UnitId},
    events::{Offset, Room, SensorReading},
    storage::{
        StoreError,
        recovery::{self, ChangedRoom},
        sites,
        units::{self, UnitFilter},
    },
};

use super::{commands::Call, error::CommandError, reply::Reply, rooms::Rooms};

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

/// Joins the subject's room, then reads what its subscriber starts from: in this order, so that nothing falls
/// between. The lock keeps the commands of a socket in the order in which they came.
pub(super) async fn follow(call: &Call<'_>, subject: Subject) -> Result<Reply, CommandError> {
    let within = call.session().identity()?.organization_id;
    let mut rooms = call.session().rooms.lock().await;
    if !subject.exists(call, within).await? {
        return Err(CommandError::NotFound);
    }
    join(call, &mut rooms, subject.room()).await?;
    Ok(Reply::Latest {
        latest: subject.latest(call, within).await?,
    })
}

/// Leaves the subject's room. One that was not followed is left already, if there is such a subject.
pub(super) async fn unfollow(call: &Call<'_>, subject: Subject) -> Result<Reply, CommandError> {
    let within = call.session().identity()?.organization_id;
    let mut rooms = call.session().rooms.lock().await;
    if !leave(call, &mut rooms, subject.room()).await? && !subject.exists(call, within).await? {
        return Err(CommandError::NotFound);
    }
    Ok(Reply::Done {})
}

/// Joins a room, unless the socket is in it.
pub(super) async fn join(
    call: &Call<'_>,
    rooms: &mut Rooms,
    room: Room,
) -> Result<(), CommandError> {
    if rooms.contains(room) {
        return Ok(());
    }
    rooms.check_place(room)?;
    let within = call.session().identity()?.organization_id;
    let entry = Entry::Fresh(vec![room]);
    let admitted = call.stage.admit(within, call.socket, entry).await?;
    if let Err(error) = write_down(call, room, Some(admitted.at)).await {
        call.socket.leave([room.to_string()]).await?;
        return Err(error.into());
    }
    rooms.insert(room, admitted.at);
    Ok(())
}

/// Leaves a room; whether the socket was in it.
pub(super) async fn leave(
    call: &Call<'_>,
    rooms: &mut Rooms,
    room: Room,
) -> Result<bool, CommandError> {
    if !rooms.contains(room) {
        return Ok(false);
    }
    write_down(call, room, None).await?;
    let left: Result<(), Gone> = call.socket.leave([room.to_string()]).await;
    rooms.remove(room);
    Ok(left.map(|()| true)?)
}

async fn write_down(
    call: &Call<'_>,
    room: Room,
    joined_at: Option<Offset>,
) -> Result<(), StoreError> {
    let changed = ChangedRoom {
        room: room.to_string(),
        joined_at: joined_at.map(|at| at.to_string()),
    };
    let now = call.services.clock.unskewed();
    let statements = recovery::change_room(call.socket.id(), changed, now);
    let writer = call.services.database.writer();
    writer.run(statements).await.map(drop)
}
