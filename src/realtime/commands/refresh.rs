//! `auth:refresh`: the connection goes on with another token of the same person.

use super::{
    super::{error::CommandError, payload::Args, reply::Reply},
    Call,
};

/// `42["auth:refresh",{"token":"eyJ…"}]` -> `{"ok":true,"expiresAt":"2026-11-24T05:55:12.000Z"}`
pub(super) async fn refresh(call: &Call<'_>, args: Args) -> Result<Reply, CommandError> {
    let token = args.fields(&["token"])?.text("token")?;
    let new = call.services.operations.identify(Some(&token)).await?;
    let known = call.session().identity()?;
    if (&new.subject, new.organization_id) != (&known.subject, known.organization_id) {
        return Err(CommandError::AnotherPerson);
    }
    let expires_at = new.expires_at;
    call.session().renew(new)?;
    Ok(Reply::Renewed { expires_at })
}
