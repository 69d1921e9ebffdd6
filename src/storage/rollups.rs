//! Sums over quarters of an hour: kept by the writer with each reading, read to draw long times.
//!
//! A quarter is the smallest piece that every zone's hours and days are made of, so that coarser sums are those of
//! quarters and a site that changes its zone changes its days. Late readings count; simulated ones, and those without
//! a temperature, do not.

use std::collections::BTreeMap;

use diesel::{
    ExpressionMethods, QueryDsl,
    prelude::{Queryable, Selectable},
};

use crate::domain::{OrganizationId, Timestamp, UnitId};

use super::{
    StoreError, conn::Conn, schema::rollups, types::columns, writer::unit_of_work::ReadingRow,
};

/// A quarter of an hour, milliseconds.
pub const QUARTER_MS: i64 = 15 * 60 * 1000;

/// When the quarter began that `at` lies in.
#[must_use]
pub fn quarter_of(at: Timestamp) -> Timestamp {
    at.plus_millis(-at.as_millis().rem_euclid(QUARTER_MS))
}

/// What is kept of some temperatures, °C.
#[derive(Debug, Clone, Copy, PartialEq, Queryable, Selectable)]
#[diesel(table_name = rollups)]
pub struct Sums {
    /// The lowest.
    pub minimum: f64,
    /// The highest.
    pub maximum: f64,
    /// Their sum.
    pub total: f64,
    /// How many; at least one.
    pub count: i64,
}

impl Sums {
    /// Of one temperature.
    #[must_use]
    pub const fn of(celsius: f64) -> Self {
        Self {
            minimum: celsius,
            maximum: celsius,
            total: celsius,
            count: 1,
        }
    }

    /// Of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            minimum: self.minimum.min(other.minimum),
            maximum: self.maximum.max(other.maximum),
            total: self.total + other.total,
            count: self.count + other.count,
        }
    }

    /// Their mean, °C.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "no unit has 2^52 readings")]
    pub const fn average(&self) -> f64 {
        self.total / self.count as f64
    }
}

/// A unit's quarters that begin from `from` (inclusive) to `to` (exclusive), ascending, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn quarters(
    conn: &mut Conn,
    organization: OrganizationId,
    unit: UnitId,
    (from, to): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<(Timestamp, Sums)>, StoreError> {
    let query = rollups::table
        .filter(rollups::organization_id.eq(organization))
        .filter(rollups::unit_id.eq(unit))
        .filter(rollups::starts_at.ge(from))
        .filter(rollups::starts_at.lt(to))
        .order(rollups::starts_at)
        .limit(limit)
        .select((rollups::starts_at, columns::<Sums>()));
    conn.all(query).await
}

/// What a group adds to one quarter of one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quarter {
    pub(super) unit_id: UnitId,
    pub(super) starts_at: Timestamp,
    pub(super) organization_id: OrganizationId,
    pub(super) sums: Sums,
}

/// What a group adds, a quarter once.
#[derive(Debug, Default)]
pub(super) struct Quarters(BTreeMap<(UnitId, Timestamp), (OrganizationId, Sums)>);

impl Quarters {
    /// Adds a stored reading, if it counts.
    pub(super) fn add(&mut self, row: &ReadingRow) {
        let Some(celsius) = row.reading.temperature.filter(|_| !row.reading.simulated) else {
            return;
        };
        let place = (row.unit_id, quarter_of(row.reading.measured_at));
        let sums = Sums::of(celsius);
        self.0
            .entry(place)
            .and_modify(|(_, known)| *known = known.and(sums))
            .or_insert((row.organization_id, sums));
    }

    /// In order of unit and time, as two writers lock them.
    pub(super) fn iter(&self) -> impl Iterator<Item = Quarter> {
        self.0
            .iter()
            .map(|((unit_id, starts_at), (organization_id, sums))| Quarter {
                unit_id: *unit_id,
                starts_at: *starts_at,
                organization_id: *organization_id,
                sums: *sums,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_begins_at_or_before_its_moment() {
        for (at, start) in [(0, 0), (899_999, 0), (900_000, 900_000), (-1, -900_000)] {
            let start = Timestamp::from_millis(start);
            assert_eq!(quarter_of(Timestamp::from_millis(at)), start, "{at}");
        }
    }

    #[test]
    fn sums_add_up_in_any_order() {
        let (a, b, c) = (Sums::of(-2.0), Sums::of(5.5), Sums::of(4.0));
        let expected = Sums {
            minimum: -2.0,
            maximum: 5.5,
            total: 7.5,
            count: 3,
        };
        assert_eq!(a.and(b).and(c), expected);
        assert_eq!(c.and(a.and(b)), expected);
        assert!((expected.average() - 2.5).abs() < f64::EPSILON);
    }
}
