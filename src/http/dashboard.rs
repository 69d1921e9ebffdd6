//! The page at `/`: the files of `dashboard/`, inside the binary. `routes` mounts them; no token is needed.
//!
//! Scripts and styles come from files of our own: the policy admits nothing inline and no other host. Browsers ask
//! each time whether a file is still the same, so that a new version of the server is a new page at once.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::header::{self, ETag, EntityTag, Header as _, IfNoneMatch},
};
use bytes::Bytes;

use crate::config::Demo;

use super::etag;

/// What the page may load and do (Content Security Policy, level 3). `connect-src 'self'` admits its WebSocket too.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Marks the page of a demonstration, whose login is filled in.
const HTML: &str = "<html ";
const HTML_OF_DEMO: &str = "<html data-demo ";

const INDEX: &str = include_str!("../../dashboard/index.html");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Page,
    Script,
    Style,
    Picture,
}

impl Kind {
    const fn content_type(self) -> &'static str {
        match self {
            Self::Page => "text/html; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Style => "text/css; charset=utf-8",
            Self::Picture => "image/svg+xml",
        }
    }
}

/// `("/style.css", Kind::Style, its bytes)`
macro_rules! embedded {
    ($($kind:ident $path:literal)*) => {
        &[$((
            concat!("/", $path),
            Kind::$kind,
            include_bytes!(concat!("../../dashboard/", $path)),
        )),*]
    };
}

const EMBEDDED: &[(&str, Kind, &[u8])] = embedded! {
    Style "style.css"
    Picture "favicon.svg"
    Script "app/alerts.js"
    Script "app/api.js"
    Script "app/connection.js"
    Script "app/dom.js"
    Script "app/feed.js"
    Script "app/format.js"
    Script "app/frame.js"
    Script "app/history.js"
    Script "app/main.js"
    Script "app/preferences.js"
    Script "app/realtime.js"
    Script "app/session.js"
    Script "app/sign_in.js"
    Script "app/spark.js"
    Script "app/state.js"
    Script "app/tiles.js"
    Script "app/trend.js"
    Script "app/vault.js"
};

/// A file of the page, as it is sent.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// Where it is found.
    pub(super) path: &'static str,
    kind: Kind,
    body: Bytes,
    tag: EntityTag,
}

impl File {
    pub(super) fn new(path: &'static str, kind: Kind, body: Bytes) -> Self {
        let tag = etag::of(&body);
        Self {
            path,
            kind,
            body,
            tag,
        }
    }

    /// 200 with the file, or 304 if the browser has it (RFC 9110, 13.1.2).
    pub(super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        if self.is_known_to(request) {
            return self.headers(HttpResponse::NotModified()).finish();
        }
        self.headers(HttpResponse::Ok())
            .content_type(self.kind.content_type())
            .body(self.body.clone())
    }

    fn is_known_to(&self, request: &HttpRequest) -> bool {
        match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&self.tag)),
            Err(_) => false,
        }
    }

    fn headers(&self, mut response: HttpResponseBuilder) -> HttpResponseBuilder {
        response
            .insert_header(ETag(self.tag.clone()))
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::REFERRER_POLICY, "no-referrer"));
        response
    }
}

/// Every file of the page.
pub(super) fn files(demo: Demo) -> Vec<File> {
    let index = match demo {
        Demo::Off => Bytes::from_static(INDEX.as_bytes()),
        Demo::Seeded | Demo::Played => INDEX.replacen(HTML, HTML_OF_DEMO, 1).into(),
    };
    let others = EMBEDDED
        .iter()
        .map(|&(path, kind, body)| File::new(path, kind, Bytes::from_static(body)));
    [File::new("/", Kind::Page, index)]
        .into_iter()
        .chain(others)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_module_of_the_page_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("dashboard/app");
        let mut modules: Vec<String> = fs::read_dir(folder)
            .expect("the page's modules")
            .map(|entry| format!("/app/{}", entry.expect("a file").file_name().display()))
            .collect();
        modules.sort();
        let embedded: Vec<&str> = EMBEDDED
            .iter()
            .map(|&(path, ..)| path)
            .filter(|path| path.starts_with("/app/"))
            .collect();
        assert_eq!(embedded, modules);
    }

    #[test]
    fn only_a_demonstration_fills_its_login_in() {
        for (demo, marked) in [
            (Demo::Off, false),
            (Demo::Seeded, true),
            (Demo::Played, true),
        ] {
            let page = files(demo).remove(0);
            let text = String::from_utf8_lossy(&page.body);
            assert_eq!(text.contains("<html data-demo "), marked, "{demo:?}");
        }
    }

    #[test]
    fn what_the_page_loads_is_served_here_but_for_the_client() {
        let files = files(Demo::Off);
        let values = INDEX.split("=\"").filter_map(|rest| rest.split('"').next());
        let paths: Vec<&str> = values.filter(|value| value.starts_with('/')).collect();
        assert!(paths.contains(&"/app/main.js"), "{paths:?}");
        for path in paths {
            let is_client = path == "/socket.io/socket.io.min.js";
            let is_served = files.iter().any(|file| file.path == path);
            assert!(is_served != is_client, "{path}");
        }
    }
}
