//! `alert:acknowledge`: somebody takes an alert on.

use super::{
    super::{
        error::CommandError,
        payload::{Args, found},
        reply::Reply,
    },
    Call,
};

/// `42["alert:acknowledge",{"alertId":"0199…","note":"door was open"}]` -> `{"ok":true,"alert":{…}}`
pub(super) async fn acknowledge(call: &Call<'_>, args: Args) -> Result<Reply, CommandError> {
    let mut fields = args.fields(&["alertId", "note"])?;
    let alert_id = fields.text("alertId")?;
    let note = fields.optional_text("note")?;
    let alert = call
        .services
        .operations
        .acknowledge(&*call.session().identity()?, found(&alert_id)?, note)
        .await?;
    Ok(Reply::Alert {
        alert: Box::new(alert),
    })
}
