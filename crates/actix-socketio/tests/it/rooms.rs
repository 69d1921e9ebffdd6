//! Rooms over the hubs of all workers.

use actix_socketio::{DeliverOutcome, Delivery, Frame, WhenFull};

use crate::support::TestServer;

#[actix_web::test]
async fn a_broadcast_reaches_the_union_of_its_rooms_once_on_all_workers() {
    let server = TestServer::start();
    let mut wires = Vec::new();
    for number in 0..6 {
        let mut wire = server
            .joined(&format!("{{\"room\":\"room{}\"}}", number % 3))
            .await;
        wire.send("42[\"join\",\"all\"]");
        assert_eq!(wire.text().await, "42[\"joined\",\"all\"]");
        wires.push(wire);
    }
    assert_eq!(
        server.socketio.emitter().hubs().len(),
        2,
        "connections go to both workers"
    );
    wires[0].send("42[\"shout\",[\"all\",\"room1\"],[\"room2\"],1]");
    wires[0].send("42[\"shout\",[],[],2]");
    for (number, wire) in wires.iter_mut().enumerate() {
        // The second shout comes next, so nobody got the first twice, and room2 not at all.
        let shouts: &[i32] = if number % 3 == 2 { &[2] } else { &[1, 2] };
        for shout in shouts {
            assert_eq!(
                wire.text().await,
                format!("42[\"shouted\",{shout}]"),
                "{number}"
            );
        }
    }
}

#[actix_web::test]
async fn deliveries_arrive_in_order_and_name_the_hub_that_is_gone() {
    let server = TestServer::start();
    let mut wire = server.joined("{\"room\":\"a\"}").await;
    let emitter = server.socketio.emitter();
    let delivery = |number: i32| Delivery {
        rooms: vec!["a".into()],
        except: Vec::new(),
        frame: Frame::event("n", &number).expect("a number has JSON"),
        when_full: WhenFull::Disconnect,
    };
    assert_eq!(emitter.deliver((0..50).map(delivery).collect()), []);
    let [hub] = emitter.hubs()[..] else {
        panic!("one client, one hub")
    };
    assert_eq!(
        emitter.deliver_to(hub, vec![delivery(50)]),
        DeliverOutcome::Accepted
    );
    for number in 0..=50 {
        assert_eq!(wire.text().await, format!("42[\"n\",{number}]"));
    }
    let other = TestServer::start();
    for _ in 0..2 {
        other.joined("{}").await;
    }
    let foreign = other.socketio.emitter().hubs();
    let unknown = foreign
        .into_iter()
        .find(|id| *id != hub)
        .expect("two hubs, one of another name");
    assert_eq!(
        emitter.deliver_to(unknown, vec![delivery(51)]),
        DeliverOutcome::Gone
    );
}

#[actix_web::test]
async fn a_full_hub_is_named_to_the_sender_and_recovers() {
    let server = TestServer::start();
    let mut wire = server.joined("{}").await;
    wire.send("42[\"congest\"]");
    assert_eq!(wire.text().await, "42[\"congested\",true]");
    wire.send("42[\"rooms\"]");
    assert_eq!(wire.text().await, "42[\"rooms\",[\"lobby\"]]");
    let refused = server
        .socketio
        .emitter()
        .to(["lobby"])
        .emit("heard", &0)
        .expect("encoded");
    assert_eq!(refused, []);
    assert_eq!(wire.text().await, "42[\"heard\",0]");
}
