//! Error codes that clients see: one list for HTTP problems and Socket.IO acks.

use super::text::text_enum;

text_enum! {
    /// What went wrong, in the client's terms.
    Code {
        /// The body is no JSON.
        InvalidJson = "invalid_json",
        /// A field is wrong; the error names it.
        InvalidPayload = "invalid_payload",
        /// No valid token or secret.
        Unauthorized = "unauthorized",
        /// Wrong e-mail or password.
        InvalidCredentials = "invalid_credentials",
        /// A token that does not hold.
        InvalidToken = "invalid_token",
        /// The role does not allow it.
        Forbidden = "forbidden",
        /// Unknown, or another organization's.
        NotFound = "not_found",
        /// The route has no such method.
        MethodNotAllowed = "method_not_allowed",
        /// The state of the resource does not allow it.
        Conflict = "conflict",
        /// The resource is not the one the client has seen.
        PreconditionFailed = "precondition_failed",
        /// The body is over its limit.
        PayloadTooLarge = "payload_too_large",
        /// The body is of a type that is not understood.
        UnsupportedMediaType = "unsupported_media_type",
        /// Too much in too short a time.
        RateLimited = "rate_limited",
        /// Our fault.
        Internal = "internal",
        /// Cannot be done now; try again.
        Unavailable = "unavailable",
    }
}
