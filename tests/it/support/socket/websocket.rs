//! A WebSocket: one task reads and writes.

use actix_web::rt;
use awc::ws::{Frame, Message};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::sync::mpsc;

use super::{UNREAD, Wire};
use crate::support::Http;

/// Longest frame that is read, bytes: a batch of a thousand readings is one.
const MAX_FRAME: usize = 1 << 20;

pub(super) async fn open(http: &Http) -> Wire {
    let url = http.url("/socket.io/?EIO=4&transport=websocket");
    let opening = awc::Client::new().ws(url).max_frame_size(MAX_FRAME);
    let (_, mut socket) = opening.connect().await.unwrap();
    let opened = socket.next().await.unwrap().unwrap();
    assert!(
        matches!(&opened, Frame::Text(text) if text.starts_with(b"0{")),
        "{opened:?}"
    );
    let (outgoing, to_send) = mpsc::channel(UNREAD);
    let (to_test, incoming) = mpsc::channel(UNREAD);
    Wire {
        outgoing,
        incoming,
        pumps: vec![rt::spawn(pump(socket, to_send, to_test))],
    }
}

async fn pump<E>(
    mut socket: impl Stream<Item = Result<Frame, E>> + Sink<Message> + Unpin,
    mut to_send: mpsc::Receiver<String>,
    to_test: mpsc::Sender<String>,
) {
    loop {
        tokio::select! {
            frame = socket.next() => {
                let Some(Ok(Frame::Text(text))) = frame else { return };
                let text = String::from_utf8_lossy(&text).into_owned();
                match text.split_at_checked(1) {
                    Some(("2", _)) => {
                        if socket.send(Message::Text("3".into())).await.is_err() {
                            return;
                        }
                    }
                    Some(("4", message)) => {
                        if to_test.send(message.to_owned()).await.is_err() {
                            return;
                        }
                    }
                    Some(("6", _)) => {}
                    _ => return,
                }
            }
            message = to_send.recv() => {
                let Some(message) = message else { return };
                if socket.send(Message::Text(format!("4{message}").into())).await.is_err() {
                    return;
                }
            }
        }
    }
}
