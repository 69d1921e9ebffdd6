//! The unit of work on SQLite: a plain connection on the writer's own thread, one cached statement per row.
//!
//! `BEGIN IMMEDIATE` always: a deferred transaction that turns to writing fails at once when another process
//! writes. The transaction is the lock of every unit. No `LIMIT ?`: SQLite plans a statement anew for each value of
//! one, which is a quarter of a group's time.

use std::collections::BTreeSet;

use diesel::{
    ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection, sql_types::BigInt,
};
use uuid::Uuid;

use crate::{
    domain::{AlertId, DeviceId, OrganizationId, Rule, RuleScope, Timestamp, UnitId},
    events::LogEntry,
    storage::{
        StoreError, alerts,
        devices::{DeviceKeyRow, DeviceStateRow},
        rollups::{self, Quarters},
        rules::RuleRow,
        schema::{self, device_states, devices, unit_states, units},
        statements::AnyStatement,
        stmt::stmt,
        types::{Id, columns},
        units::{UnitRow, UnitStateRow},
    },
};

use super::{
    unit_of_work::{
        Changes, Claim, Frame, Locked, LockedDevice, LockedUnit, Patience, ReadingRow, UnitOfWork,
    },
    write,
};

/// The one writing connection of this process.
pub(in crate::storage) struct SqliteUnitOfWork(SqliteConnection);

impl SqliteUnitOfWork {
    /// Takes a connection that may write.
    pub(in crate::storage) const fn new(connection: SqliteConnection) -> Self {
        Self(connection)
    }

    fn lock_one(&mut self, unit: UnitId) -> Result<Option<LockedUnit>, StoreError> {
        let query = units::table
            .inner_join(unit_states::table.on(unit_states::unit_id.eq(units::id)))
            .filter(units::id.eq(unit))
            .select((columns::<UnitRow>(), columns::<UnitStateRow>()));
        let Some((unit, state)) = query
            .get_result::<(UnitRow, UnitStateRow)>(&mut self.0)
            .optional()?
        else {
            return Ok(None);
        };
        let open = match state.excursion_alert_id {
            None => None,
            Some(alert) => Some(self.alert(alert)?),
        };
        Ok(Some(LockedUnit {
            kind: unit.kind,
            primary_device_id: unit.primary_device_id,
            latest: state.latest(),
            state: state.into_state(&unit, open),
        }))
    }

    fn alert(&mut self, alert: AlertId) -> Result<crate::domain::Alert, StoreError> {
        let query = schema::alerts::table
            .filter(schema::alerts::id.eq(alert))
            .select(schema::alerts::body);
        alerts::decode(&query.get_result::<String>(&mut self.0)?)
    }

    fn device(&mut self, device: DeviceId) -> Result<Option<LockedDevice>, StoreError> {
        let query = devices::table
            .inner_join(device_states::table.on(device_states::device_id.eq(devices::id)))
            .filter(devices::id.eq(device))
            .select((columns::<DeviceKeyRow>(), columns::<DeviceStateRow>()));
        let row = query
            .get_result::<(DeviceKeyRow, DeviceStateRow)>(&mut self.0)
            .optional()?;
        Ok(row.map(|(device, state)| device.locked(state)))
    }

    fn rules(
        &mut self,
        organizations: &[OrganizationId],
    ) -> Result<Vec<(OrganizationId, Rule)>, StoreError> {
        use schema::rules;
        let mut found = Vec::new();
        for organization in organizations {
            let query = rules::table
                .filter(rules::organization_id.eq(organization))
                .select(columns::<RuleRow>());
            let rows = query.load::<RuleRow>(&mut self.0)?;
            found.extend(rows.into_iter().map(|row| (*organization, row.into())));
        }
        Ok(found)
    }

    /// Notes the frames whose device hangs where it was thought to; `devices` are in id order.
    fn new_frames(
        &mut self,
        frames: &[Frame],
        devices: &[LockedDevice],
    ) -> Result<Vec<bool>, StoreError> {
        let is_home = |frame: &Frame| {
            let place = devices.binary_search_by_key(&frame.device_id, |device| device.id);
            place.is_ok_and(|place| {
                let device = &devices[place];
                device.organization_id == frame.organization_id
                    && device.unit_id == Some(frame.unit_id)
            })
        };
        frames
            .iter()
            .map(|frame| Ok(is_home(frame) && self.new_frame(frame)?))
            .collect()
    }

    fn new_frame(&mut self, frame: &Frame) -> Result<bool, StoreError> {
        use schema::frames;
        let known = |key: &[u8]| {
            frames::table
                .filter(frames::device_id.eq(frame.device_id))
                .filter(frames::frame_key.eq(key.to_vec()))
                .select(frames::received_at)
        };
        // A part of a frame whose own message is here already tells nothing new.
        if frame.seen_key != frame.frame_key
            && known(&frame.frame_key)
                .get_result::<Timestamp>(&mut self.0)
                .optional()?
                .is_some()
        {
            return Ok(false);
        }
        Ok(write::frame(frame).execute(&mut self.0)? == 1)
    }

    fn number(&mut self, changes: &Changes, at: Timestamp) -> Result<Vec<i64>, StoreError> {
        let mut numbers = Vec::with_capacity(changes.log.len());
        for (organization, items) in &changes.log {
            let next = "INSERT INTO log_heads (organization_id, seq) VALUES (?, 1) \
                        ON CONFLICT (organization_id) DO UPDATE SET seq = seq + 1 RETURNING seq";
            let seq = stmt(next)
                .bind::<Id, _>(*organization)
                .returning::<BigInt>()
                .get_result::<i64>(&mut self.0)?;
            let body = LogEntry::encode_body(items)
                .map_err(|error| StoreError::Refused(error.to_string()))?;
            write::log_entry(*organization, seq, at, body).execute(&mut self.0)?;
            numbers.push(seq);
        }
        Ok(numbers)
    }

    fn apply(&mut self, changes: &Changes, at: Timestamp) -> Result<Vec<i64>, StoreError> {
        let connection = &mut self.0;
        for (organization, rule, now) in &changes.rules {
            write::rule(*organization, rule, *now).execute(connection)?;
        }
        store_readings(connection, &changes.readings)?;
        let (updated, inserted) = changes.final_alerts();
        for row in updated {
            write::alert_update(row)?.execute(connection)?;
        }
        for row in inserted {
            write::alert_insert(row)?.execute(connection)?;
        }
        for row in &changes.alerts {
            write::alert_history(row)?.execute(connection)?;
        }
        for unit in &changes.units {
            write::unit_state(unit).execute(connection)?;
        }
        for row in &changes.deadlines {
            match row.due_at {
                Some(due) => write::deadline(row, due).execute(connection)?,
                None => write::no_deadline(row).execute(connection)?,
            };
        }
        for device in &changes.devices {
            write::device_state(device).execute(connection)?;
        }
        self.number(changes, at)
    }
}

/// Stores new readings and adds them to their quarters; one whose row is there completes it.
fn store_readings(
    connection: &mut SqliteConnection,
    readings: &[ReadingRow],
) -> Result<(), StoreError> {
    let (mut quarters, mut anew) = (Quarters::default(), BTreeSet::new());
    for row in readings {
        if write::reading(row).execute(connection)? == 1 {
            quarters.add(row);
        } else {
            write::merge_reading(row).execute(connection)?;
            anew.insert((row.unit_id, rollups::quarter_of(row.reading.measured_at)));
        }
    }
    for quarter in quarters.iter() {
        write::rollup(&quarter).execute(connection)?;
    }
    for (unit, starts_at) in anew {
        write::rollup_anew(unit, starts_at).execute(connection)?;
    }
    Ok(())
}

impl UnitOfWork for SqliteUnitOfWork {
    async fn units_in_scope(
        &mut self,
        organization: OrganizationId,
        scope: RuleScope,
        scope_id: Uuid,
    ) -> Result<Vec<UnitId>, StoreError> {
        let all = units::table
            .filter(units::organization_id.eq(organization))
            .select(units::id);
        Ok(match scope {
            RuleScope::Organization if scope_id != organization.0 => Vec::new(),
            RuleScope::Organization => all.load(&mut self.0)?,
            RuleScope::Site => all
                .filter(units::site_id.eq(crate::domain::SiteId(scope_id)))
                .load(&mut self.0)?,
            RuleScope::Unit => all
                .filter(units::id.eq(UnitId(scope_id)))
                .load(&mut self.0)?,
        })
    }

    /// The other writers of a file are chores of the command line: there is nobody to be brief for.
    async fn begin(&mut self, claim: &Claim, _: Patience) -> Result<Locked, StoreError> {
        self.0.batch_execute("BEGIN IMMEDIATE")?;
        let units = claim.units.iter();
        let units: Vec<_> = units
            .filter_map(|unit| self.lock_one(*unit).transpose())
            .collect::<Result<_, _>>()?;
        let devices = claim.devices.iter();
        let devices: Vec<_> = devices
            .filter_map(|device| self.device(*device).transpose())
            .collect::<Result<_, _>>()?;
        Ok(Locked {
            rules: self.rules(&claim.organizations)?,
            fresh: self.new_frames(&claim.frames, &devices)?,
            units,
            devices,
        })
    }

    async fn run(&mut self, statement: &dyn AnyStatement) -> Result<usize, StoreError> {
        Ok(statement.execute_sqlite(&mut self.0)?)
    }

    async fn commit(&mut self, changes: &Changes, at: Timestamp) -> Result<Vec<i64>, StoreError> {
        let numbers = self.apply(changes, at)?;
        self.0.batch_execute("COMMIT")?;
        Ok(numbers)
    }

    async fn rollback(&mut self) {
        // Fails when the error has ended the transaction already, or it never began.
        if let Err(error) = self.0.batch_execute("ROLLBACK") {
            log::debug!(error:% = error; "nothing to roll back");
        }
    }
}
