//! What a group reads: the locks first, then the rest by statements after them, which see what others committed while
//! the locks were waited for.

use std::collections::{BTreeMap, HashSet};

use diesel::{ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::future::{try_join3, try_join5};

use crate::{
    domain::{AlertId, DeviceId, OrganizationId, UnitId},
    storage::{
        StoreError, alerts,
        devices::{DeviceKeyRow, DeviceStateRow},
        rules::RuleRow,
        schema::{self, device_states, devices, unit_states, units},
        types::columns,
        units::{UnitRow, UnitStateRow},
        writer::unit_of_work::{Claim, Locked, LockedUnit},
    },
};

use super::{
    answered,
    frames::{Frames, is_part, known_whole},
};

/// Begins, locks the units, reads what decisions need, and notes the frames: all on one way.
pub(super) async fn begin(
    connection: &AsyncPgConnection,
    claim: &Claim,
    begin: &str,
) -> Result<Locked, StoreError> {
    let mut whole = HashSet::new();
    if claim.frames.iter().any(is_part) {
        whole = known_whole(connection, &claim.frames).await?;
    }
    let frames = Frames::of(&claim.frames, whole);
    let ((), states, units, alerts, (devices, rules, noted)) = try_join5(
        answered(async { (&mut &*connection).batch_execute(begin).await }),
        states(connection, &claim.units),
        unit_rows(connection, &claim.units),
        alert_bodies(connection, &claim.units),
        try_join3(
            device_rows(connection, &claim.devices),
            rule_rows(connection, &claim.organizations),
            frames.note(connection),
        ),
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
        fresh: frames.fresh(noted),
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
    let query = units::table
        .filter(units::id.eq_any(ids))
        .select(columns::<UnitRow>());
    answered(query.load(&mut connection)).await
}

async fn device_rows(
    mut connection: &AsyncPgConnection,
    ids: &[DeviceId],
) -> Result<Vec<(DeviceKeyRow, DeviceStateRow)>, StoreError> {
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
    let query = rules::table
        .filter(rules::organization_id.eq_any(organizations))
        .select((rules::organization_id, columns::<RuleRow>()));
    answered(query.load(&mut connection)).await
}

/// The open alerts that the units' states name.
async fn alert_bodies(
    mut connection: &AsyncPgConnection,
    units: &[UnitId],
) -> Result<Vec<(AlertId, String)>, StoreError> {
    use schema::alerts;
    let named = unit_states::excursion_alert_id.eq(alerts::id.nullable());
    let query = unit_states::table
        .inner_join(alerts::table.on(named))
        .filter(unit_states::unit_id.eq_any(units))
        .select((alerts::id, alerts::body));
    answered(query.load(&mut connection)).await
}
