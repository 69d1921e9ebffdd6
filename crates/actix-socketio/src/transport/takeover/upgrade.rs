//! What the HTTP server calls for every `Upgrade: websocket` on any path. Part of [`super`].
//!
//! It asks the `App`. An answer that takes the socket gets it; any other is written, and the connection ends.

use std::fmt;
use std::rc::Rc;

use actix_codec::Framed;
use actix_http::body::{BoxBody, MessageBody, to_bytes_limited};
use actix_http::h1::{Codec, SendResponse};
use actix_http::header::{self, HeaderMap, HeaderValue};
use actix_http::{ConnectionType, HttpMessage as _, Request, Response, StatusCode};
use actix_service::{Service, ServiceFactory, fn_factory, fn_service};
use actix_web::dev::ServiceResponse;
use actix_web::error::ErrorInternalServerError;
use bytes::Bytes;
use log::debug;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::wire::Sink;
use super::{Offered, Taking};

/// Bytes of an answer that is no upgrade.
const REFUSAL: usize = 4 * 1024 * 1024;

/// Why the connection ends without an answer.
type Failed = actix_web::Error;

/// A stream whose ways in and out can be held apart.
pub(crate) trait Split: AsyncRead + AsyncWrite + Unpin + 'static {
    type Reader: AsyncRead + Unpin + 'static;

    fn split(self) -> (Self::Reader, Sink);
}

impl Split for TcpStream {
    type Reader = tokio::net::tcp::OwnedReadHalf;

    fn split(self) -> (Self::Reader, Sink) {
        let (reader, writer) = self.into_split();
        (reader, Box::new(writer))
    }
}

/// The service that does it, with an `App` of its own.
pub(crate) fn factory<T, S, B>(
    app: impl Fn() -> S + 'static,
) -> impl ServiceFactory<
    (Request, Framed<T, Codec>),
    Config = (),
    Response = (),
    Error = Failed,
    InitError = (),
    Service: 'static,
>
where
    T: Split,
    S: ServiceFactory<
            Request,
            Config = (),
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
        >,
    S::Service: 'static,
    S::InitError: fmt::Debug,
    B: MessageBody + 'static,
{
    fn_factory(move || {
        let started = app().new_service(());
        async move {
            let app = Rc::new(started.await.map_err(|_| ())?);
            Ok(fn_service(move |(request, framed)| {
                serve(Rc::clone(&app), request, framed)
            }))
        }
    })
}

async fn serve<T, S, B>(
    app: Rc<S>,
    request: Request,
    framed: Framed<T, Codec>,
) -> Result<(), Failed>
where
    T: Split,
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody + 'static,
{
    request.extensions_mut().insert(Offered);
    let mut response = match app.call(request).await {
        Ok(response) => response.map_into_boxed_body().into_parts().1,
        Err(error) => error.error_response(),
    };
    let taking = response.extensions_mut().remove::<Taking>();
    match taking {
        Some(taking) => {
            let parts = framed.into_parts();
            let head = head(response.headers());
            taking.begin(parts.io.split(), head, parts.read_buf);
            Ok(())
        }
        None => refuse(response.into(), framed).await,
    }
}

/// The answer that switches protocols, with the headers that the `App` gave it.
fn head(headers: &HeaderMap) -> Bytes {
    let mut head = b"HTTP/1.1 101 Switching Protocols\r\n".to_vec();
    let connection = (&header::CONNECTION, &HeaderValue::from_static("upgrade"));
    let others = headers
        .iter()
        .filter(|(name, _)| *name != header::CONNECTION);
    for (name, value) in others.chain([connection]) {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    head.extend_from_slice(b"\r\n");
    head.into()
}

/// Writes an answer that is none of ours, and ends the connection.
async fn refuse<T: Split>(
    response: Response<BoxBody>,
    framed: Framed<T, Codec>,
) -> Result<(), Failed> {
    let (mut response, body) = response.into_parts();
    let mut body = to_bytes_limited(body, REFUSAL)
        .await
        .map_err(ErrorInternalServerError)?
        .map_err(ErrorInternalServerError)?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        // Another WebSocket of the `App`, which counts on a server that keeps the connection.
        debug!("a WebSocket that is none of Socket.IO is not served by this listener");
        response = Response::with_body(StatusCode::NOT_IMPLEMENTED, ());
        body.clear();
    }
    response
        .head_mut()
        .set_connection_type(ConnectionType::Close);
    let mut framed = SendResponse::new(framed, response.set_body(body))
        .await
        .map_err(ErrorInternalServerError)?;
    // A peer that is gone needs no end.
    let _gone = framed.io_mut().shutdown().await;
    Ok(())
}
