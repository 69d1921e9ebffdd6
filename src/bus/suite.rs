//! What every bus must do; each backend runs the whole of it.

use std::{future::Future, sync::Arc};

use actix::{Actor, ActorContext, Context, Handler, Message};
use uuid::Uuid;

use super::{Bus, Wake};
use crate::{
    domain::{OrganizationId, Timestamp},
    events::LogEntry,
};

/// Remembers what it was woken for.
#[derive(Default)]
struct Follower {
    seen: Vec<(OrganizationId, i64)>,
}

#[derive(Message)]
#[rtype(result = "Vec<(OrganizationId, i64)>")]
struct Seen;

#[derive(Message)]
#[rtype(result = "()")]
struct End;

impl Actor for Follower {
    type Context = Context<Self>;
}

impl Handler<Wake> for Follower {
    type Result = ();
    fn handle(&mut self, wake: Wake, _: &mut Self::Context) {
        self.seen.push((wake.organization, wake.seq));
    }
}

impl Handler<Seen> for Follower {
    type Result = Vec<(OrganizationId, i64)>;
    fn handle(&mut self, _: Seen, _: &mut Self::Context) -> Self::Result {
        self.seen.clone()
    }
}

impl Handler<End> for Follower {
    type Result = ();
    fn handle(&mut self, _: End, ctx: &mut Self::Context) {
        ctx.terminate();
    }
}

fn organization(n: u128) -> OrganizationId {
    Uuid::from_u128(n).into()
}

fn wake(n: u128, seq: i64) -> Wake {
    Wake {
        organization: organization(n),
        seq,
        entry: None,
    }
}

async fn wakes_the_followers_of_that_organization_in_order(bus: Bus) {
    let (ours, theirs) = (Follower::default().start(), Follower::default().start());
    let _kept = [
        bus.follow(organization(1), ours.clone().recipient()),
        bus.follow(organization(2), theirs.clone().recipient()),
    ];
    for (n, seq) in [(1, 1), (2, 1), (1, 2), (3, 1), (1, 3)] {
        bus.publish(&wake(n, seq));
    }
    let expected = |n, seqs: &[i64]| {
        seqs.iter()
            .map(|seq| (organization(n), *seq))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ours.send(Seen).await.expect("alive"),
        expected(1, &[1, 2, 3])
    );
    assert_eq!(theirs.send(Seen).await.expect("alive"), expected(2, &[1]));
}

async fn a_dropped_subscription_wakes_nobody_and_leaves_the_others(bus: Bus) {
    let (left, stayed) = (Follower::default().start(), Follower::default().start());
    let leaving = bus.follow(organization(1), left.clone().recipient());
    let _staying = bus.follow(organization(1), stayed.clone().recipient());
    drop(leaving);
    bus.publish(&wake(1, 1));
    assert_eq!(left.send(Seen).await.expect("alive"), []);
    assert_eq!(
        stayed.send(Seen).await.expect("alive"),
        [(organization(1), 1)]
    );
}

async fn a_full_mailbox_drops_the_wake_and_keeps_the_follower(bus: Bus) {
    let follower = Follower::create(|ctx| {
        ctx.set_mailbox_capacity(1);
        Follower::default()
    });
    let _kept = bus.follow(organization(1), follower.clone().recipient());
    for seq in 1..=100 {
        bus.publish(&wake(1, seq));
    }
    let first = follower.send(Seen).await.expect("alive");
    assert!(first.len() < 100, "nothing was dropped");
    bus.publish(&wake(1, 101));
    let then = follower.send(Seen).await.expect("alive");
    assert_eq!(then.last(), Some(&(organization(1), 101)));
}

async fn a_follower_that_is_gone_is_no_error(bus: Bus) {
    let (gone, stayed) = (Follower::default().start(), Follower::default().start());
    let _kept = [
        bus.follow(organization(1), gone.clone().recipient()),
        bus.follow(organization(1), stayed.clone().recipient()),
    ];
    gone.send(End).await.expect("alive");
    bus.publish(&wake(1, 1));
    assert_eq!(
        stayed.send(Seen).await.expect("alive"),
        [(organization(1), 1)]
    );
}

async fn a_commit_wakes_with_the_entry(bus: Bus) {
    struct Keeper(Option<Wake>);
    #[derive(Message)]
    #[rtype(result = "Option<Wake>")]
    struct Kept;
    impl Actor for Keeper {
        type Context = Context<Self>;
    }
    impl Handler<Wake> for Keeper {
        type Result = ();
        fn handle(&mut self, wake: Wake, _: &mut Self::Context) {
            self.0 = Some(wake);
        }
    }
    impl Handler<Kept> for Keeper {
        type Result = Option<Wake>;
        fn handle(&mut self, _: Kept, _: &mut Self::Context) -> Self::Result {
            self.0.take()
        }
    }
    let keeper = Keeper(None).start();
    let _kept = bus.follow(organization(1), keeper.clone().recipient());
    let entry = Arc::new(LogEntry {
        seq: 5,
        at: Timestamp::from_millis(0),
        items: Vec::new(),
    });
    bus.on_commit()(organization(1), entry.clone());
    let wake = keeper.send(Kept).await.expect("alive").expect("woken");
    assert_eq!(
        (wake.organization, wake.seq, wake.entry),
        (organization(1), 5, Some(entry))
    );
}

/// Runs every test against a bus of its own.
async fn run<F: Future<Output = Bus>>(bus: impl Fn() -> F) {
    wakes_the_followers_of_that_organization_in_order(bus().await).await;
    a_dropped_subscription_wakes_nobody_and_leaves_the_others(bus().await).await;
    a_full_mailbox_drops_the_wake_and_keeps_the_follower(bus().await).await;
    a_follower_that_is_gone_is_no_error(bus().await).await;
    a_commit_wakes_with_the_entry(bus().await).await;
}

#[actix::test]
async fn memory() {
    run(|| async { Bus::memory() }).await;
}
