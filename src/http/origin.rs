//! Whose web pages may open a Socket.IO connection. Browsers open WebSockets to any host and ask nobody before:
//! only the server can refuse them. Its library would with 400, as other Socket.IO servers do; here it is a 403.

use actix_web::{
    Error, Resource,
    body::{BoxBody, MessageBody},
    dev::{HttpServiceFactory, ServiceRequest, ServiceResponse},
    http::header,
    middleware::{Next, from_fn},
    web,
};

use crate::{config::AllowedOrigins, domain::Code};

use super::{problem::Problem, state::State};

/// Refuses pages of foreign origins before the Socket.IO server sees them.
pub fn own_pages_only(socketio: Resource) -> impl HttpServiceFactory + 'static {
    socketio.wrap(from_fn(refuse_foreign))
}

async fn refuse_foreign(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if admitted(&request) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let problem = Problem::new(Code::Forbidden, "pages of this origin may not connect");
    Err(problem.into())
}

fn admitted(request: &ServiceRequest) -> bool {
    let header = |name| request.headers().get(name).map(AsRef::<[u8]>::as_ref);
    let Some(state) = request.app_data::<web::Data<State>>() else {
        return false;
    };
    admits(
        &state.allowed_origins,
        header(header::ORIGIN),
        header(header::HOST),
    )
}

/// Judges a page by the headers `Origin` and `Host`: the server's own, or a listed one; without `Origin` it is no
/// page. The scheme is not compared with our own: a proxy may have taken TLS off.
fn admits(allowed: &AllowedOrigins, origin: Option<&[u8]>, host: Option<&[u8]>) -> bool {
    let Some(origin) = origin else {
        return true;
    };
    let Ok(origin) = std::str::from_utf8(origin) else {
        return false;
    };
    let own = origin.split_once("://").is_some_and(|(_, page)| {
        host.is_some_and(|host| page.as_bytes().eq_ignore_ascii_case(host))
    });
    own || allowed.allows(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_server_and_of_listed_origins_are_admitted() {
        let page = "https://app.example.com";
        let listed = AllowedOrigins::Listed(vec![page.to_owned()]);
        let any = AllowedOrigins::Any;
        for (allowed, origin, host, admitted) in [
            (&listed, None, Some("fresh.test"), true),
            (&listed, None, None, true),
            (&listed, Some("http://fresh.test"), Some("fresh.test"), true),
            (
                &listed,
                Some("https://Fresh.test"),
                Some("fresh.test"),
                true,
            ),
            (&listed, Some("http://[::1]:3000"), Some("[::1]:3000"), true),
            (
                &listed,
                Some("http://fresh.test:81"),
                Some("fresh.test"),
                false,
            ),
            (
                &listed,
                Some("http://fresh.test.evil"),
                Some("fresh.test"),
                false,
            ),
            (&listed, Some("http://fresh.test"), None, false),
            (&listed, Some("fresh.test"), Some("fresh.test"), false),
            (&listed, Some(page), Some("fresh.test"), true),
            (
                &listed,
                Some("http://app.example.com"),
                Some("fresh.test"),
                false,
            ),
            (&listed, Some("null"), Some("fresh.test"), false),
            (
                &any,
                Some("https://elsewhere.test"),
                Some("fresh.test"),
                true,
            ),
        ] {
            let judged = admits(allowed, origin.map(str::as_bytes), host.map(str::as_bytes));
            assert_eq!(judged, admitted, "{origin:?} at {host:?}");
        }
        assert!(!admits(&any, Some(b"http://\xff"), Some(b"\xff")));
    }
}
