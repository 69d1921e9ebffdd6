//! Names of sessions and sockets: unguessable, for whoever knows a session's name can read and write it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng as _;

/// 20 random bytes, as 27 characters of base64url.
pub(crate) fn random() -> String {
    let mut bytes = [0_u8; 20];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_long_and_differ() {
        let (a, b) = (random(), random());
        assert_eq!((a.len(), b.len()), (27, 27));
        assert_ne!(a, b);
    }
}
