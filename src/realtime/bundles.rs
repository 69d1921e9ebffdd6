//! The client's JavaScript for pages that this server serves: what npm had installed when it was built.

use actix_socketio::ClientBundles;

/// Name and content.
type File = (&'static str, &'static [u8]);

/// Version and files; written by `build.rs`.
const INSTALLED: Option<(&str, &[File])> = include!(concat!(env!("OUT_DIR"), "/client_bundles.rs"));

/// The files to be served, if there are any.
pub(super) fn installed() -> Option<ClientBundles> {
    let (version, files) = INSTALLED?;
    let bundles = ClientBundles::new(version);
    Some(
        files
            .iter()
            .fold(bundles, |all, &(name, content)| all.file(name, content)),
    )
}
