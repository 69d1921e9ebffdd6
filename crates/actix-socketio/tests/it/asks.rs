//! Events that the server wants answered.

use std::time::Duration;

use actix_socketio::{Answer, Answers};
use awc::ws;
use bytes::Bytes;
use serde_json::json;

use crate::support::{Seen, TestServer, within};

const LONG: Duration = Duration::from_secs(5);

fn answer(arg: i32) -> Answer {
    Answer {
        args: vec![json!(arg)],
        attachments: vec![],
    }
}

#[actix_web::test]
async fn a_client_answers_with_text_and_binary() {
    let server = TestServer::start();
    let mut wire = server.joined("{}").await;
    for id in 0..2 {
        wire.send("42[\"ask-me\",{}]");
        assert_eq!(wire.text().await, format!("42{id}[\"question\",{{}}]"));
    }
    wire.send("4399[\"unknown ids are ignored\"]");
    wire.send("431[1,\"x\"]");
    assert_eq!(wire.text().await, "42[\"answered\",1,\"x\"]");
    wire.send("461-0[{\"_placeholder\":true,\"num\":0}]");
    wire.message(ws::Message::Binary(Bytes::from_static(b"\x01")));
    let answered = "451-[\"answered\",{\"_placeholder\":true,\"num\":0}]";
    assert_eq!(wire.text().await, answered);
    assert_eq!(wire.binary().await, Bytes::from_static(b"\x01"));
    wire.send("431[\"once only\"]");
    wire.send("42[\"echo\"]");
    assert_eq!(wire.text().await, "42[\"back\"]");
}

#[actix_web::test]
async fn who_asked_is_told_when_no_answer_comes() {
    let mut server = TestServer::start();
    for (event, leaves, error) in [
        (
            "42[\"ask-me\",{\"limit\":20}]",
            false,
            "the client did not answer in time",
        ),
        (
            "42[\"ask-me\",{}]",
            true,
            "the client left before it answered",
        ),
    ] {
        let mut wire = server.joined("{}").await;
        wire.send(event);
        assert!(wire.text().await.contains("question"));
        if leaves {
            wire.send("41");
        }
        loop {
            if let Seen::Unanswered(seen) = server.seen().await {
                assert_eq!(seen, error);
                break;
            }
        }
    }
}

#[actix_web::test]
async fn many_are_asked_with_one_id() {
    let server = TestServer::start();
    let mut wires = Vec::new();
    for _ in 0..4 {
        wires.push(server.joined("{\"room\":\"jury\"}").await);
    }
    let emitter = server.socketio.emitter();
    let asked = emitter.to(["jury"]).ask("vote", &"now", LONG);
    for (wire, id) in wires.iter_mut().zip(1..) {
        assert_eq!(wire.text().await, "420[\"vote\",\"now\"]");
        match id {
            4 => wire.send("41"),
            id => wire.send(&format!("430[{id}]")),
        }
    }
    let mut votes = within("votes", asked).await.expect("JSON");
    votes.answers.sort_by_key(|answer| answer.args[0].as_i64());
    let expected = Answers {
        answers: vec![answer(1), answer(2), answer(3)],
        missing: 1,
    };
    assert_eq!(votes, expected);
}

#[actix_web::test]
async fn who_is_late_is_missing_and_nobody_is_asked_in_an_empty_room() {
    let server = TestServer::start();
    let mut wires = [server.joined("{}").await, server.joined("{}").await];
    let emitter = server.socketio.emitter();
    let limit = Duration::from_millis(200);
    let asked = emitter.everyone().ask("vote", &0, limit);
    for wire in &mut wires {
        assert_eq!(wire.text().await, "420[\"vote\",0]");
    }
    wires[0].send("430[7]");
    let expected = Answers {
        answers: vec![answer(7)],
        missing: 1,
    };
    assert_eq!(asked.await.expect("JSON"), expected);
    wires[1].send("430[8]");
    wires[1].send("42[\"echo\"]");
    assert_eq!(wires[1].text().await, "42[\"back\"]");
    let nobody = emitter.to(["nobody"]).ask("vote", &0, LONG);
    assert_eq!(
        within("no votes", nobody).await.expect("JSON"),
        Answers::default()
    );
}

#[actix_web::test]
async fn a_client_is_answered_also_when_the_handler_has_long_returned() {
    let server = TestServer::start();
    let mut wire = server.joined("{}").await;
    wire.send("427[\"ask-late\",1]");
    wire.send("42[\"echo\"]");
    assert_eq!(wire.text().await, "42[\"back\"]");
    server.gate.add_permits(1);
    assert_eq!(wire.text().await, "437[1]");
}
