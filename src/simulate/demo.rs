//! The demo's sensors: a task beside the server that posts to the server's own webhook, like any network.
//!
//! `app` starts it last and stops it first.

use std::net::SocketAddr;

use tokio::{sync::oneshot, task::JoinHandle};

use super::{
    player, seed, story,
    webhook::{InvalidUrl, Webhook, WebhookUrl},
};
use crate::clock::Clock;

/// Sensors that are played.
#[derive(Debug)]
pub struct Sensors {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Sensors {
    /// Plays the story of Demo Foods against the server at this address, on this thread.
    ///
    /// # Errors
    /// [`InvalidUrl`] if the address cannot be called.
    pub fn start(server: SocketAddr, clock: Clock) -> Result<Self, InvalidUrl> {
        let url: WebhookUrl = format!("http://{server}").parse()?;
        let (stop, stopped) = oneshot::channel();
        let task = actix::spawn(async move {
            let webhook = Webhook::new(url, seed::WEBHOOK_SECRET.to_owned());
            let stopped = async {
                // A sender that is gone means the same.
                let _ = stopped.await;
            };
            let told = |progress: &player::Progress| {
                if let Some(why) = &progress.failure {
                    log::warn!(why = why.as_str(); "an uplink of the demo was not taken");
                }
            };
            let tally = player::follow(story::demo(), &webhook, &clock, stopped, told).await;
            log::info!(tally:% = tally; "the demo's sensors ended");
        });
        Ok(Self { stop, task })
    }

    /// Ends the play once its last uplinks are answered.
    pub async fn stop(self) {
        // Both fail only where the task has ended already.
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}
