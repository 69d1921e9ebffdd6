//! When what a hub is given leaves.

use std::sync::Mutex;
use std::task::{Wake, Waker};

use socketio_proto::socketio::Encoding;

use super::*;
use crate::queue::Manner;

const MEMBER: SocketKey = SocketKey(1);

/// A session that takes all that waits whenever it is woken, and notes how much that was.
struct Taker {
    queue: Arc<Queue>,
    taken: Mutex<Vec<usize>>,
}

impl Wake for Taker {
    fn wake(self: Arc<Self>) {
        let batch = self.queue.take(usize::MAX, Encoding::Json);
        let mut taken = self.taken.lock().expect("not poisoned");
        taken.push(batch.frames.len());
        self.queue.register(&Waker::from(Arc::clone(&self)));
    }
}

fn delivery() -> Deliver {
    let frame = Frame::event("news", &0).expect("a number has JSON");
    let parcel = Parcel::new(Vec::new(), Vec::new(), frame, Manner::default());
    Deliver {
        parcels: Arc::new([parcel]),
    }
}

#[actix::test]
async fn deliveries_leave_together_but_not_only_when_the_mailbox_is_empty() {
    let queue = Arc::new(Queue::new(1_000_000));
    queue.hold(MEMBER);
    queue.open(MEMBER, Vec::new(), None);
    let taker = Arc::new(Taker {
        queue: Arc::clone(&queue),
        taken: Mutex::default(),
    });
    queue.register(&Waker::from(Arc::clone(&taker)));
    let hub = Hub::default().start();
    let enter = Enter {
        place: Place {
            namespace: "/".into(),
            key: MEMBER,
        },
        own: "own".into(),
        outlet: Outlet {
            queue,
            journal: None,
        },
        handshake: Arc::new(Handshake {
            peer: None,
            origin: None,
            user_agent: None,
            query: String::new(),
        }),
    };
    let _seat = Seat::take(&hub, enter).await.expect("the hub is there");
    for _ in 0..2 * TURN + 3 {
        assert!(hub.try_send(delivery()).is_ok());
    }
    // The hub has one turn of this thread's tasks for all of them.
    tokio::task::yield_now().await;
    let taken = taker.taken.lock().expect("not poisoned");
    assert_eq!(*taken, [TURN, TURN, 3]);
}
