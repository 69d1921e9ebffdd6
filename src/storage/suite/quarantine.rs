//! What is kept of messages that could not be used, as it is read again.

use super::*;
use crate::storage::quarantine::{self, KeptPage, NewRow, Reason};

on_both_backends!(
    pages_go_from_the_newest_to_the_oldest_of_one_organization,
    long_messages_end_a_page_early,
);

impl Store {
    async fn keep(&self, place: &Place, body: String) {
        let row = NewRow {
            organization_id: place.organization,
            received_at: self.now(),
            reason: Reason::UnknownDevice,
            message: KeptMessage {
                id: self.time.clock().new_id(),
                dev_eui: None,
                body,
                keep: 1000,
            },
        };
        let kept = self.database.writer().run(quarantine::insert(row)).await;
        kept.expect("kept");
    }

    async fn kept(&self, before: Option<(Timestamp, Uuid)>, limit: usize) -> KeptPage {
        let mut conn = self.read().await;
        let page = quarantine::page(&mut conn, self.ours.organization, before, limit);
        page.await.expect("read")
    }
}

fn bodies(page: &KeptPage) -> Vec<&str> {
    page.messages
        .iter()
        .map(|kept| kept.body.as_str())
        .collect()
}

async fn pages_go_from_the_newest_to_the_oldest_of_one_organization(store: Store) {
    for number in 0..40 {
        store.keep(&store.ours, number.to_string()).await;
        store.keep(&store.theirs, "theirs".to_owned()).await;
        // Two of each moment: the id decides then.
        store.pass(number % 2);
    }
    let newest_first: Vec<String> = (0..40).rev().map(|number| number.to_string()).collect();
    for limit in [1, 7, 16, 17, 40, 100] {
        let (mut read, mut before) = (Vec::new(), None);
        loop {
            let page = store.kept(before, limit).await;
            assert!(!page.is_cut && page.messages.len() <= limit);
            let Some(last) = page.messages.last() else {
                break;
            };
            before = Some((last.received_at, last.id));
            read.extend(bodies(&page).into_iter().map(str::to_owned));
        }
        assert_eq!(read, newest_first, "{limit}");
    }
}

async fn long_messages_end_a_page_early(store: Store) {
    for _ in 0..40 {
        store.keep(&store.ours, "x".repeat(256 * 1024)).await;
    }
    let page = store.kept(None, 100).await;
    assert_eq!((page.messages.len(), page.is_cut), (16, true));
    let few = store.kept(None, 16).await;
    assert_eq!((few.messages.len(), few.is_cut), (16, false));
}
