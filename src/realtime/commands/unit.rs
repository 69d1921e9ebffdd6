//! `subscribe:unit` and `unsubscribe:unit`: a unit's newest reading, every second.

use super::{
    super::{
        error::CommandError,
        payload::Args,
        reply::Reply,
        subscriptions::{Subject, follow, unfollow},
    },
    Call,
};

/// `42["subscribe:unit","0199…"]` -> `{"ok":true,"latest":[{"unitId":"…",…}]}`
pub(super) async fn subscribe(call: &Call<'_>, args: Args) -> Result<Reply, CommandError> {
    follow(call, Subject::Unit(args.id()?)).await
}

/// `42["unsubscribe:unit","0199…"]` -> `{"ok":true}`
pub(super) async fn unsubscribe(call: &Call<'_>, args: Args) -> Result<Reply, CommandError> {
    unfollow(call, Subject::Unit(args.id()?)).await
}
