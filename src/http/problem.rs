//! Errors as clients get them: `application/problem+json` (RFC 9457).
//!
//! ```json
//! {"type":"about:blank","title":"Bad Request","status":400,"detail":"maxTemperature must be a number",
//!  "code":"invalid_payload","errors":[{"field":"maxTemperature","message":"must be a number"}]}
//! ```

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::{
    domain::{Code, InvalidJson},
    ingest::IngestError,
    operations::{FieldError, OperationError},
    storage::StoreError,
};

/// When to try again where nothing better is known, seconds.
const RETRY_AFTER_SECONDS: u64 = 2;

/// Fields that are named at most; more help nobody.
const MAX_ERRORS: usize = 20;

/// Why a request was not done.
#[derive(Debug)]
pub(super) struct Problem {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
    allow: Option<String>,
}

impl Problem {
    /// `detail` is for a person, and quotes nothing secret.
    pub(super) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_seconds: None,
            allow: None,
        }
    }

    /// Unknown, or another organization's.
    pub(super) fn not_found() -> Self {
        Self::new(Code::NotFound, "not found")
    }

    /// The route has other methods: `allow`, comma-separated.
    pub(super) fn method_not_allowed(allow: &str) -> Self {
        Self {
            allow: Some(allow.to_owned()),
            ..Self::new(
                Code::MethodNotAllowed,
                format!("this resource allows {allow}"),
            )
        }
    }

    /// One field, or parameter, that is wrong.
    pub(super) fn invalid(field: &str, message: impl Into<String>) -> Self {
        vec![FieldError::new(field, message)].into()
    }
}

impl From<Vec<FieldError>> for Problem {
    fn from(mut errors: Vec<FieldError>) -> Self {
        errors.truncate(MAX_ERRORS);
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Self {
            errors,
            ..Self::new(Code::InvalidPayload, texts.join("; "))
        }
    }
}

impl From<InvalidJson> for Problem {
    fn from(error: InvalidJson) -> Self {
        Self::new(error.code(), format!("the body is not JSON: {error}"))
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        OperationError::Store(error).into()
    }
}

impl From<OperationError> for Problem {
    fn from(error: OperationError) -> Self {
        if let OperationError::Store(cause) = &error {
            log::error!(error:% = cause; "request not done");
        } else if error.code() == Code::Internal {
            log::error!(error:% = error; "request not done");
        }
        match error {
            OperationError::Invalid(errors) => errors.into(),
            error => Self {
                retry_after_seconds: error.retry_after_seconds(),
                errors: error.fields().to_vec(),
                ..Self::new(error.code(), error.to_string())
            },
        }
    }
}

impl From<IngestError> for Problem {
    fn from(error: IngestError) -> Self {
        if let IngestError::Store(cause) = &error {
            log::error!(error:% = cause; "uplink not stored");
        }
        Self::new(error.code(), error.to_string())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status(self.code)
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let mut response = HttpResponse::build(status);
        response.content_type("application/problem+json");
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if matches!(self.code, Code::RateLimited | Code::Unavailable) {
            let seconds = self.retry_after_seconds.unwrap_or(RETRY_AFTER_SECONDS);
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(allow) = &self.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        let body = Body {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: &self.detail,
            code: self.code,
            errors: self.errors.iter().map(WireError::from).collect(),
        };
        // These members always have a JSON form.
        response.body(serde_json::to_vec(&body).unwrap_or_default())
    }
}

/// The status of a code.
pub(super) const fn status(code: Code) -> StatusCode {
    match code {
        Code::InvalidJson | Code::InvalidPayload => StatusCode::BAD_REQUEST,
        Code::Unauthorized | Code::InvalidCredentials | Code::InvalidToken => {
            StatusCode::UNAUTHORIZED
        }
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::Conflict => StatusCode::CONFLICT,
        Code::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The schema of a problem.
pub(super) fn schema(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Body<'_>>()
}

/// A problem (RFC 9457).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    /// What went wrong, for a program.
    code: Code,
    /// The fields or parameters that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<WireError<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ProblemField")]
struct WireError<'a> {
    field: &'a str,
    message: &'a str,
}

impl<'a> From<&'a FieldError> for WireError<'a> {
    fn from(error: &'a FieldError) -> Self {
        Self {
            field: &error.field,
            message: &error.message,
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{body::MessageBody, http::header::HeaderValue};
    use serde_json::{Value, json};

    use super::*;
    use crate::auth::AuthError;

    fn body(response: HttpResponse) -> Value {
        let bytes = response.into_body().try_into_bytes().expect("a whole body");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    #[test]
    fn wrong_fields_are_listed() {
        let problem = Problem::invalid("maxTemperature", "must be a number");
        let response = problem.error_response();
        assert_eq!(
            response
                .headers()
                .get("content-type")
                .map(HeaderValue::as_bytes),
            Some(&b"application/problem+json"[..])
        );
        assert_eq!(
            body(response),
            json!({"type": "about:blank", "title": "Bad Request", "status": 400,
                "detail": "maxTemperature must be a number", "code": "invalid_payload",
                "errors": [{"field": "maxTemperature", "message": "must be a number"}]})
        );
    }

    #[test]
    fn headers_say_what_to_do_next() {
        let too_many = AuthError::TooManyAttempts {
            retry_after_seconds: 210,
        };
        let known: Problem = OperationError::from(too_many).into();
        for (problem, status, name, value) in [
            (known, 429, "retry-after", "210"),
            (Problem::new(Code::RateLimited, ""), 429, "retry-after", "2"),
            (Problem::new(Code::Unavailable, ""), 503, "retry-after", "2"),
            (
                Problem::new(Code::Unauthorized, ""),
                401,
                "www-authenticate",
                "Bearer",
            ),
            (
                Problem::method_not_allowed("GET, POST"),
                405,
                "allow",
                "GET, POST",
            ),
        ] {
            let response = problem.error_response();
            assert_eq!(response.status(), status);
            let header = response.headers().get(name).map(HeaderValue::as_bytes);
            assert_eq!(header, Some(value.as_bytes()), "{problem}");
        }
    }

    #[test]
    fn the_database_is_not_quoted() {
        let error = StoreError::Unavailable("/var/lib/freshtrack.db is locked".to_owned());
        let told = body(Problem::from(error).error_response());
        assert_eq!(told["detail"], "could not be read or stored");
        assert_eq!(told["code"], "unavailable");
    }

    #[test]
    fn many_wrong_fields_make_a_short_answer() {
        let errors = (0..1000).map(|n| FieldError::new(n.to_string(), "is not known"));
        let told = body(Problem::from(Vec::from_iter(errors)).error_response());
        assert_eq!(told["errors"].as_array().map(Vec::len), Some(20));
    }
}
