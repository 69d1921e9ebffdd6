//! `freshtrack simulate`: plays LoRaWAN sensors against the webhook of any server.
//!
//! Progress goes to standard error, the summary to standard output.

use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Failure, span};
use crate::app;
use crate::clock::Clock;
use crate::simulate::{
    self, DevEui, Fleet, Play, Progress, Rate, Scenario, Webhook, WebhookUrl, seed,
};

#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// The server, or the whole address of a webhook for The Things Stack
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:3000")]
    url: WebhookUrl,
    /// The webhook's secret
    #[arg(long, value_name = "KEY", default_value = seed::WEBHOOK_SECRET)]
    key: String,
    /// Sensors to play, separated by commas [default: those of the demo]
    #[arg(
        long,
        value_name = "EUI",
        value_delimiter = ',',
        conflicts_with = "units"
    )]
    dev_eui: Vec<DevEui>,
    /// Play so many thermometers, with EUIs that count up from the demo's first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    units: Option<u32>,
    /// Uplinks per second, all sensors together
    #[arg(long, value_name = "R", default_value = "2")]
    rate: Rate,
    /// What happens to the units
    #[arg(long, value_name = "S", default_value = Scenario::Normal.as_str(), value_parser = scenarios())]
    scenario: Scenario,
    /// How long to play: 90, 90s, 15m, 12h or 7d [default: until interrupted]
    #[arg(long, value_name = "S", value_parser = span::of_at_most::<365>)]
    duration: Option<Duration>,
}

fn scenarios() -> impl TypedValueParser<Value = Scenario> {
    let names = Scenario::ALL.iter().map(|scenario| scenario.as_str());
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Scenario>())
}

impl Simulate {
    pub(super) fn run(self) -> Result<(), Failure> {
        let play = Play {
            fleet: match (self.units, self.dev_eui.is_empty()) {
                (Some(count), _) => Fleet::Units(count),
                (None, true) => Fleet::Demo,
                (None, false) => Fleet::Devices(self.dev_eui),
            },
            scenario: self.scenario,
            rate: self.rate,
        };
        eprintln!("{} against {}", play.scenario, self.url);
        let tally = actix::System::new().block_on(async {
            let webhook = Webhook::new(self.url, self.key);
            let stop = ended(self.duration);
            let told = |progress: &Progress| eprintln!("{}", line(progress));
            simulate::play(&play, &webhook, &Clock::system(), stop, told).await
        });
        println!("{tally}");
        Ok(())
    }
}

/// Interrupted, or played long enough.
async fn ended(duration: Option<Duration>) {
    let Some(duration) = duration else {
        return app::stop_signal().await;
    };
    tokio::select! {
        () = app::stop_signal() => {}
        () = tokio::time::sleep(duration) => {}
    }
}

/// `12 s: accepted 24 stored 24 duplicate 0 errors 0`, and what else there is to tell.
fn line(progress: &Progress) -> String {
    let mut line = format!("{} s: {}", progress.elapsed.as_secs(), progress.tally);
    if progress.waiting > 0 {
        line.push_str(&format!(" waiting {}", progress.waiting));
    }
    if progress.unheard > 0 {
        line.push_str(&format!(" unheard {}", progress.unheard));
    }
    if let Some(why) = &progress.failure {
        line.push_str(&format!(" ({why})"));
    }
    line
}
