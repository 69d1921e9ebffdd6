//! `subscribe:site` and `unsubscribe:site`: the newest reading of each of a site's units, every second.

use super::{
    super::{
        error::CommandError,
        payload::Args,
        reply::Reply,
        subscriptions::{Subject, follow, unfollow},
    },
    Call,
};

/// `42["subscribe:site","0199…"]` -> `{"ok":true,"latest":[{"unitId":"…",…}]}`
pub(super) async fn subscribe(call: &Call<'_>, args: Args) -> Result<Reply, CommandError> {
    follow(call, Subject::Site(args.id()?)).await
}

/// `42["unsubscribe:site","0199…"]` -> `{"ok":true}`
pub(super) async fn unsubscribe(call: &Call<'_>, args: Args) -> Result<Reply, CommandError> {
    unfollow(call, Subject::Site(args.id()?)).await
}
