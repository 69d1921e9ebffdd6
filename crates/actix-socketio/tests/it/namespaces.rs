//! Several namespaces over one session, named and dynamic.

use std::time::Duration;

use crate::support::{Greeter, TestServer, Wire};

fn server() -> TestServer {
    let numbered = |name: &str| {
        let number = name.strip_prefix("/dyn-");
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    TestServer::with(|builder| {
        builder
            .namespace("/custom", Greeter)
            .dynamic_namespace(numbered, Greeter)
    })
}

/// Joins a namespace of greeters.
async fn join(wire: &mut Wire, namespace: &str, auth: &str) {
    wire.send(&format!("40{namespace},{auth}"));
    let reply = wire.text().await;
    assert!(
        reply.starts_with(&format!("40{namespace},{{\"sid\":\"")),
        "{reply}"
    );
    let hello = format!("42{namespace},[\"hello\",\"{namespace}\"]");
    assert_eq!(wire.text().await, hello);
}

#[actix_web::test]
async fn each_namespace_is_joined_used_and_left_by_itself() {
    let server = server();
    let mut wire = server.joined("{}").await;
    join(&mut wire, "/custom", "").await;
    wire.send("42/custom,[\"echo\",1]");
    assert_eq!(wire.text().await, "42/custom,[\"back\",1]");
    wire.send("42[\"echo\",2]");
    assert_eq!(wire.text().await, "42[\"back\",2]");
    wire.send("41/custom,");
    wire.send("42[\"echo\",3]");
    assert_eq!(wire.text().await, "42[\"back\",3]");
    assert_eq!(server.socketio.socket_count(), 1);
    join(&mut wire, "/custom", "").await;
    wire.send("41");
    wire.send("42/custom,[\"echo\",4]");
    assert_eq!(wire.text().await, "42/custom,[\"back\",4]");
}

#[actix_web::test]
async fn a_broadcast_stays_in_its_namespace() {
    let server = server();
    let mut wires = Vec::new();
    for namespace in ["/custom", "/dyn-1", "/dyn-2"] {
        let mut wire = server.joined("{\"room\":\"a\"}").await;
        join(&mut wire, namespace, "{\"room\":\"a\"}").await;
        wires.push((namespace, wire));
    }
    for namespace in ["/", "/custom", "/dyn-1", "/dyn-2"] {
        let emitter = server.socketio.emitter_of(namespace);
        assert_eq!(emitter.to(["a"]).emit("to", &namespace).expect("JSON"), []);
        assert_eq!(emitter.everyone().emit("all", &0).expect("JSON"), []);
    }
    for (namespace, wire) in &mut wires {
        assert_eq!(wire.text().await, "42[\"to\",\"/\"]");
        assert_eq!(wire.text().await, "42[\"all\",0]");
        assert_eq!(
            wire.text().await,
            format!("42{namespace},[\"to\",\"{namespace}\"]")
        );
        assert_eq!(wire.text().await, format!("42{namespace},[\"all\",0]"));
    }
}

#[actix_web::test]
async fn who_is_not_let_into_one_namespace_stays_in_the_others() {
    let server = server();
    let mut wire = server.wire().await;
    for (connect, refusal) in [
        ("40/random", "44/random,{\"message\":\"Invalid namespace\"}"),
        ("40/dyn-x,", "44/dyn-x,{\"message\":\"Invalid namespace\"}"),
        (
            "40/dyn-1,{\"refuse\":\"no\"}",
            "44/dyn-1,{\"message\":\"no\"}",
        ),
    ] {
        wire.send(connect);
        assert_eq!(wire.text().await, refusal);
    }
    join(&mut wire, "/dyn-1", "").await;
    wire.send("42/dyn-1,[\"echo\"]");
    assert_eq!(wire.text().await, "42/dyn-1,[\"back\"]");
    wire.send("42/dyn-2,[\"echo\"]");
    wire.closed().await;
}

#[actix_web::test]
async fn each_namespace_counts_its_ack_ids() {
    let server = server();
    let mut wire = server.joined("{}").await;
    join(&mut wire, "/custom", "").await;
    let root = server.socketio.emitter();
    let custom = server.socketio.emitter_of("/custom");
    for (emitter, asked) in [
        (&root, "420[\"q\",7]"),
        (&root, "421[\"q\",7]"),
        (&custom, "42/custom,0[\"q\",7]"),
        (&root, "422[\"q\",7]"),
        (&custom, "42/custom,1[\"q\",7]"),
    ] {
        let _answers = emitter.everyone().ask("q", &7, Duration::from_secs(5));
        assert_eq!(wire.text().await, asked);
    }
}
