//! The way back to the sensor that a webhook of The Things Stack tells, if it has a downlink API key.

use actix_web::http::header::HeaderMap;

use crate::domain::DownlinkRoute;

/// The route in these headers; none if one of the three is missing or cannot be one.
pub(super) fn route(headers: &HeaderMap) -> Option<DownlinkRoute> {
    let text = |name| headers.get(name)?.to_str().ok();
    DownlinkRoute::new(
        text("x-downlink-push")?,
        text("x-downlink-replace")?,
        text("x-downlink-apikey")?,
    )
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    const PUSH: &str = "https://eu1.example/push";
    const REPLACE: &str = "https://eu1.example/replace";
    const NAMES: [&str; 3] = ["x-downlink-push", "x-downlink-replace", "x-downlink-apikey"];

    #[test]
    fn all_three_headers_make_a_route() {
        let values = [PUSH, REPLACE, "NNSXS.KEY"];
        let mut headers = HeaderMap::new();
        for (name, value) in NAMES.into_iter().zip(values) {
            assert_eq!(route(&headers), None);
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        assert_eq!(
            route(&headers),
            DownlinkRoute::new(PUSH, REPLACE, "NNSXS.KEY")
        );
    }
}
