//! What a group reads: the locks first, then the rest by statements after them, which see what others committed while
//! the locks were waited for.

use std::collections::{BTreeMap, HashSet};

use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, QueryDsl,
    sql_types::{Array, Binary},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::try_join4;

use crate::{
    domain::{AlertId, DeviceId, OrganizationId, UnitId},
    storage::{
        StoreError, alerts,
        devices::{DeviceKeyRow, DeviceStateRow},
        rules::RuleRow,
        schema::{self, device_states, devices, unit_states, units},
        stmt::stmt,
        types::{Id, Moment, columns},
        units::{UnitRow, UnitStateRow},
        writer::{
            job::FrameKey,
            unit_of_work::{Claim, Frame, Locked, LockedUnit},
        },
    },
};

use super::answered;

/// Locks the units and reads what decisions need.
pub(super) async fn lock(
    connection: &AsyncPgConnection,
    claim: &Claim,
) -> Result<Locked, StoreError> {
    let states = states(connection, &claim.units).await?;
    let open: Vec<AlertId> = states
        .iter()
        .filter_map(|(_, state)| state.excursion_alert_id)
        .collect();
    let (units, devices, rules, alerts) = try_join4(
        unit_rows(connection, &claim.units),
        device_rows(connection, &claim.devices),
        rule_rows(connection, &claim.organizations),
        alert_bodies(connection, &open),
    )
    .await?;
    let mut units: BTreeMap<UnitId, UnitRow> =
        units.into_iter().map(|unit| (unit.id, unit)).collect();
    let alerts: BTreeMap<AlertId, String> = alerts.into_iter().collect();
    let locked = states.into_iter().filter_map(|(id, state)| {
        let unit = units.remove(&id)?;
        Some(locked_unit(&unit, state, &alerts))
    });
    Ok(Locked {
        units: locked.collect::<Result<_, _>>()?,
        devices: devices
            .into_iter()
            .map(|(device, state)| device.locked(state))
            .collect(),
        rules: rules
            .into_iter()
            .map(|(organization, rule)| (organization, rule.into()))
            .collect(),
    })
}

fn locked_unit(
    unit: &UnitRow,
    state: UnitStateRow,
    alerts: &BTreeMap<AlertId, String>,
) -> Result<LockedUnit, StoreError> {
    let open = match state.excursion_alert_id {
        None => None,
        Some(alert) => {
            let body = alerts.get(&alert);
            let body = body.ok_or_else(|| StoreError::Damaged(format!("no alert {alert}")))?;
            Some(alerts::decode(body)?)
        }
    };
    Ok(LockedUnit {
        kind: unit.kind,
        primary_device_id: unit.primary_device_id,
        latest: state.latest(),
        state: state.into_state(unit, open),
    })
}

async fn states(
    mut connection: &AsyncPgConnection,
    units: &[UnitId],
) -> Result<Vec<(UnitId, UnitStateRow)>, StoreError> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let query = unit_states::table
        .filter(unit_states::unit_id.eq_any(units))
        .order(unit_states::unit_id)
        .select((unit_states::unit_id, columns::<UnitStateRow>()))
        .for_update();
    answered(query.load(&mut connection)).await
}

async fn unit_rows(
    mut connection: &AsyncPgConnection,
    ids: &[UnitId],
) -> Result<Vec<UnitRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = units::table
        .filter(units::id.eq_any(ids))
        .select(columns::<UnitRow>());
    answered(query.load(&mut connection)).await
}

async fn device_rows(
    mut connection: &AsyncPgConnection,
    ids: &[DeviceId],
) -> Result<Vec<(DeviceKeyRow, DeviceStateRow)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = devices::table
        .inner_join(device_states::table.on(device_states::device_id.eq(devices::id)))
        .filter(devices::id.eq_any(ids))
        .select((columns::<DeviceKeyRow>(), columns::<DeviceStateRow>()));
    answered(query.load(&mut connection)).await
}

async fn rule_rows(
    mut connection: &AsyncPgConnection,
    organizations: &[OrganizationId],
) -> Result<Vec<(OrganizationId, RuleRow)>, StoreError> {
    use schema::rules;
    if organizations.is_empty() {
        return Ok(Vec::new());
    }
    let query = rules::table
        .filter(rules::organization_id.eq_any(organizations))
        .select((rules::organization_id, columns::<RuleRow>()));
    answered(query.load(&mut connection)).await
}

async fn alert_bodies(
    mut connection: &AsyncPgConnection,
    ids: &[AlertId],
) -> Result<Vec<(AlertId, String)>, StoreError> {
    use schema::alerts;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = alerts::table
        .filter(alerts::id.eq_any(ids))
        .select((alerts::id, alerts::body));
    answered(query.load(&mut connection)).await
}

/// Notes frames; true for each that had not come before, by this order.
pub(super) async fn new_frames(
    mut connection: &AsyncPgConnection,
    frames: &[Frame],
) -> Result<Vec<bool>, StoreError> {
    let mut whole = known_whole(connection, frames).await?;
    // A part of a frame whose own message is here already tells nothing new.
    let tells: Vec<bool> = frames
        .iter()
        .map(|frame| {
            let key = (frame.device_id, frame.frame_key);
            if is_part(frame) {
                !whole.contains(&key)
            } else {
                whole.insert(key);
                true
            }
        })
        .collect();
    let telling = || {
        let both = frames.iter().zip(&tells);
        both.filter_map(|(frame, tells)| tells.then_some(frame))
    };
    let note = stmt(
        "INSERT INTO frames (device_id, frame_key, received_at) SELECT * FROM unnest(?, ?, ?) ORDER BY 1, 2 \
         ON CONFLICT DO NOTHING RETURNING device_id, frame_key",
    )
    .bind::<Array<Id>, _>(telling().map(|frame| frame.device_id).collect::<Vec<_>>())
    .bind::<Array<Binary>, _>(telling().map(|frame| frame.seen_key).collect::<Vec<_>>())
    .bind::<Array<Moment>, _>(telling().map(|frame| frame.received_at).collect::<Vec<_>>())
    .returning::<(Id, Binary)>();
    let noted: Vec<(DeviceId, Vec<u8>)> = answered(note.load(&mut connection)).await?;
    let mut noted: HashSet<(DeviceId, Vec<u8>)> = noted.into_iter().collect();
    // Of the same frame twice in one group the first is the new one.
    let is_new = |(frame, tells): (&Frame, bool)| {
        tells && noted.remove(&(frame.device_id, frame.seen_key.to_vec()))
    };
    Ok(frames.iter().zip(tells).map(is_new).collect())
}

fn is_part(frame: &Frame) -> bool {
    frame.seen_key != frame.frame_key
}

/// Which frames, of those that come in parts, are here already as a whole.
async fn known_whole(
    mut connection: &AsyncPgConnection,
    frames: &[Frame],
) -> Result<HashSet<(DeviceId, FrameKey)>, StoreError> {
    use schema::frames;
    let parts: Vec<&Frame> = frames.iter().filter(|frame| is_part(frame)).collect();
    if parts.is_empty() {
        return Ok(HashSet::new());
    }
    let devices = parts.iter().map(|frame| frame.device_id);
    let keys = parts.iter().map(|frame| frame.frame_key.to_vec());
    let query = frames::table
        .filter(
            frames::device_id
                .eq_any(devices.collect::<Vec<_>>())
                .and(frames::frame_key.eq_any(keys.collect::<Vec<_>>())),
        )
        .select((frames::device_id, frames::frame_key));
    let known: Vec<(DeviceId, Vec<u8>)> = answered(query.load(&mut connection)).await?;
    let key = |(device, key): (DeviceId, Vec<u8>)| Some((device, key.try_into().ok()?));
    Ok(known.into_iter().filter_map(key).collect())
}
