//! A Socket.IO client on a WebSocket, as little of one as the figures need: it joins `/`, answers pings, reads events.

use std::net::SocketAddr;
use std::pin::Pin;

use awc::Connector;
use awc::error::WsProtocolError;
use awc::ws::{Frame, Message};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use serde_json::Value;

use crate::failure::Failure;
use crate::server::Server;
use crate::{http::Connection, in_time, uplink::Organization};

/// Largest message of the server, in bytes: a batch under load holds up to 1,000 readings.
const MAX_MESSAGE: usize = 4 << 20;

trait Wire:
    Stream<Item = Result<Frame, WsProtocolError>> + Sink<Message, Error = WsProtocolError>
{
}
impl<T: Stream<Item = Result<Frame, WsProtocolError>> + Sink<Message, Error = WsProtocolError>> Wire
    for T
{
}

/// What one user's clients connect with.
pub(crate) struct Account {
    client: awc::Client,
    address: SocketAddr,
    token: String,
}

/// A connected client. Dropping it cuts the connection.
pub(crate) struct Socket(Pin<Box<dyn Wire>>);

/// `["name",payload]`
pub(crate) struct Event {
    /// Its name.
    pub(crate) name: String,
    /// Its first argument.
    pub(crate) payload: Value,
}

impl Account {
    /// Logs the owner of `organization` in.
    ///
    /// # Errors
    /// If the login is refused.
    pub(crate) async fn login(
        server: &Server,
        organization: Organization,
    ) -> Result<Self, Failure> {
        let (email, password) = organization.login();
        let login = async {
            Connection::open(server.address)
                .await?
                .login(email, password)
                .await
        };
        Ok(Self {
            client: awc::Client::builder()
                .connector(Connector::new().limit(0))
                .finish(),
            address: server.address,
            token: in_time("a login", login).await?,
        })
    }

    /// Connects one more client.
    ///
    /// # Errors
    /// If it is refused, or not connected in time.
    pub(crate) async fn connect(&self) -> Result<Socket, Failure> {
        in_time("a Socket.IO connection", self.join()).await
    }

    async fn join(&self) -> Result<Socket, Failure> {
        let url = format!(
            "http://{}/socket.io/?EIO=4&transport=websocket",
            self.address
        );
        let request = self.client.ws(url).max_frame_size(MAX_MESSAGE);
        let (_, wire) = request
            .connect()
            .await
            .map_err(|refused| Failure::protocol("a WebSocket", &refused.to_string()))?;
        let mut socket = Socket(Box::pin(wire));
        socket.expect_packet("the open packet", "0{").await?;
        let auth = serde_json::json!({ "token": self.token });
        socket.send(format!("40{auth}")).await?;
        socket.expect_packet("the answer to CONNECT", "40{").await?;
        Ok(socket)
    }
}

impl Socket {
    /// The next event, whatever its name.
    ///
    /// # Errors
    /// If the connection ends first.
    pub(crate) async fn event(&mut self) -> Result<Event, Failure> {
        let packet = self.packet().await?;
        let malformed = || Failure::protocol("an event", &packet);
        let arguments = packet.strip_prefix("42").ok_or_else(malformed)?;
        let arguments: Vec<Value> = serde_json::from_str(arguments).map_err(|_| malformed())?;
        let mut arguments = arguments.into_iter();
        match (arguments.next(), arguments.next()) {
            (Some(Value::String(name)), Some(payload)) => Ok(Event { name, payload }),
            _ => Err(malformed()),
        }
    }

    /// The payload of the next event of this name; others before it are dropped.
    ///
    /// # Errors
    /// If the connection ends first, or the event is overdue.
    pub(crate) async fn expect(&mut self, name: &'static str) -> Result<Value, Failure> {
        let awaited = async {
            loop {
                let event = self.event().await?;
                if event.name == name {
                    return Ok(event.payload);
                }
            }
        };
        in_time(name, awaited).await
    }

    /// The next packet that is no ping.
    async fn packet(&mut self) -> Result<String, Failure> {
        loop {
            let packet = match self.0.next().await {
                Some(Ok(Frame::Text(text))) => String::from_utf8_lossy(&text).into_owned(),
                other => return Err(Failure::protocol("a packet", &format!("{other:?}"))),
            };
            match packet.as_str() {
                "2" => self.send("3".to_owned()).await?,
                _ => return Ok(packet),
            }
        }
    }

    async fn expect_packet(&mut self, what: &'static str, start: &str) -> Result<(), Failure> {
        let packet = self.packet().await?;
        if packet.starts_with(start) {
            return Ok(());
        }
        Err(Failure::protocol(what, &packet))
    }

    async fn send(&mut self, packet: String) -> Result<(), Failure> {
        let sent = self.0.send(Message::Text(packet.into())).await;
        sent.map_err(|error| Failure::protocol("sending a packet", &error.to_string()))
    }
}
