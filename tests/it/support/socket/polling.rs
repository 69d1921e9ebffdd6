//! HTTP long-polling: one task keeps a GET open, another posts.

use actix_web::rt;
use tokio::sync::mpsc;

use super::{UNREAD, Wire};
use crate::support::Http;

/// Parts the packets of one body.
const SEPARATOR: char = '\u{1e}';

pub(super) async fn open(http: &Http) -> Wire {
    let path = "/socket.io/?EIO=4&transport=polling";
    let opened = text(http, path, None).await.unwrap();
    let handshake: serde_json::Value = serde_json::from_str(&opened[1..]).unwrap();
    let path = format!("{path}&sid={}", handshake["sid"].as_str().unwrap());
    let (outgoing, to_post) = mpsc::channel(UNREAD);
    let (to_test, incoming) = mpsc::channel(UNREAD);
    let pumps = vec![
        rt::spawn(read(http.clone(), path.clone(), to_test, outgoing.clone())),
        rt::spawn(write(http.clone(), path, to_post)),
    ];
    Wire {
        outgoing,
        incoming,
        pumps,
    }
}

async fn read(
    http: Http,
    path: String,
    to_test: mpsc::Sender<String>,
    outgoing: mpsc::Sender<String>,
) {
    while let Some(body) = text(&http, &path, None).await {
        for packet in body.split(SEPARATOR) {
            match packet.split_at_checked(1) {
                Some(("4", message)) => {
                    if to_test.send(message.to_owned()).await.is_err() {
                        return;
                    }
                }
                // An empty text stands for a pong.
                Some(("2", _)) => drop(outgoing.send(String::new()).await),
                Some(("6", _)) => {}
                _ => return,
            }
        }
    }
}

async fn write(http: Http, path: String, mut to_post: mpsc::Receiver<String>) {
    while let Some(message) = to_post.recv().await {
        let packet = match message.as_str() {
            "" => "3".to_owned(),
            message => format!("4{message}"),
        };
        if text(&http, &path, Some(packet)).await.is_none() {
            return;
        }
    }
}

/// The body of a 200; `None` for anything else.
async fn text(http: &Http, path: &str, body: Option<String>) -> Option<String> {
    let call = match body {
        Some(body) => http.post(path).raw("text/plain;charset=UTF-8", body),
        None => http.get(path).patient(),
    };
    let answer = call.try_send().await.ok()?;
    (answer.status == 200).then_some(answer.text)
}
