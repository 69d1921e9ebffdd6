//! Pages of spans of time.

use crate::{
    domain::{Resolution, Timestamp, Timezone, UnitId, resolution::Spans},
    http::{
        call::{Answer, Call},
        page::Page,
        problem::Problem,
    },
    storage::{history, units},
};

use super::list::Key;

/// A later page has the end of the first, whatever the time is by then.
pub(super) async fn list(
    call: &Call,
    unit: UnitId,
    resolution: Resolution,
    (from, to): (Timestamp, Timestamp),
    mut page: Page<Key>,
) -> Answer {
    let organization = call.organization();
    let mut conn = call.state.database.read().await?;
    let timezone = units::timezone(&mut conn, organization, unit).await?;
    let timezone: Option<Timezone> = timezone.ok_or_else(Problem::not_found)?.parse().ok();
    let zone = timezone.map_or(jiff::tz::TimeZone::UTC, |zone| zone.rules());
    let range = match page.after.take() {
        None => (from, to),
        Some(key) => {
            let (_, next) = Spans::new(resolution, zone.clone()).around(key.at);
            (next, key.to)
        }
    };
    let kind = (resolution, zone);
    let rows = page.limit() + 1;
    let found = history::buckets(&mut conn, organization, unit, kind, range, rows).await?;
    page.answer(found, |bucket| Key::of_span(bucket.timestamp, range.1))
}
