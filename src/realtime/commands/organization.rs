//! `subscribe:organization` and `unsubscribe:organization`: the own organization's readings. Its alerts and
//! statuses come in any case.

use crate::{domain::OrganizationId, events::Room};

use super::{
    super::{
        error::CommandError,
        payload::Args,
        reply::Reply,
        subscriptions::{join, leave},
    },
    Call,
};

/// `42["subscribe:organization"]` -> `{"ok":true}`
pub(super) async fn subscribe(call: &Call<'_>, args: Args) -> Result<Reply, CommandError> {
    let room = own_readings(call.session().identity()?.organization_id, args)?;
    let mut rooms = call.session().rooms.lock().await;
    join(call, &mut rooms, room).await?;
    Ok(Reply::Done {})
}

/// `42["unsubscribe:organization","0199…"]` -> `{"ok":true}`
pub(super) async fn unsubscribe(call: &Call<'_>, args: Args) -> Result<Reply, CommandError> {
    let room = own_readings(call.session().identity()?.organization_id, args)?;
    let mut rooms = call.session().rooms.lock().await;
    leave(call, &mut rooms, room).await?;
    Ok(Reply::Done {})
}

fn own_readings(own: OrganizationId, args: Args) -> Result<Room, CommandError> {
    match args.optional_text()? {
        Some(id) if id.parse() != Ok(own) => Err(CommandError::ForeignOrganization),
        _ => Ok(Room::Readings(own)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::realtime::AnswerCode;

    #[test]
    fn only_the_own_organization_can_be_named() {
        let own = Uuid::from_u128(1);
        let readings = Ok(Room::Readings(own.into()));
        for (args, expected) in [
            (vec![], readings),
            (vec![Value::Null], readings),
            (vec![json!(own)], readings),
            (vec![json!(Uuid::from_u128(2))], Err(AnswerCode::Forbidden)),
            (vec![json!("no id")], Err(AnswerCode::Forbidden)),
            (vec![json!("")], Err(AnswerCode::Forbidden)),
            (vec![json!(7)], Err(AnswerCode::InvalidPayload)),
        ] {
            let judged = own_readings(own.into(), Args(args.clone()));
            let told = judged.map_err(|error| error.code());
            assert_eq!(told, expected, "{args:?}");
        }
    }
}
