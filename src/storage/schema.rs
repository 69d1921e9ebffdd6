//! The tables as both backends have them, written by hand: moments and ids have SQL types of our own.

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    meta (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    organizations (id) {
        id -> Id,
        name -> Text,
        temperature_unit -> Text,
        created_at -> Moment,
        escalation -> Text,
        quiet_from -> Nullable<Text>,
        quiet_to -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    users (id) {
        id -> Id,
        email -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    memberships (user_id, organization_id) {
        user_id -> Id,
        organization_id -> Id,
        role -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    refresh_families (id) {
        id -> Id,
        user_id -> Id,
        organization_id -> Id,
        created_at -> Moment,
        revoked_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    refresh_tokens (hash) {
        hash -> Binary,
        family_id -> Id,
        expires_at -> Moment,
        used_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    webhook_secrets (id) {
        id -> Id,
        organization_id -> Id,
        name -> Text,
        hash -> Binary,
        created_at -> Moment,
        last_used_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    sites (id) {
        id -> Id,
        organization_id -> Id,
        name -> Text,
        timezone -> Text,
        created_at -> Moment,
        defrost_windows -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    areas (id) {
        id -> Id,
        organization_id -> Id,
        site_id -> Id,
        name -> Text,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    units (id) {
        id -> Id,
        organization_id -> Id,
        site_id -> Id,
        area_id -> Id,
        name -> Text,
        kind -> Text,
        primary_device_id -> Nullable<Id>,
        created_at -> Moment,
        archived_at -> Nullable<Moment>,
        manual_log_every_seconds -> Nullable<Integer>,
        manual_log_since -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    devices (id) {
        id -> Id,
        organization_id -> Id,
        unit_id -> Nullable<Id>,
        dev_eui -> Nullable<Text>,
        ttn_device_id -> Nullable<Text>,
        application_id -> Nullable<Text>,
        model -> Text,
        role -> Text,
        expected_interval_seconds -> Integer,
        probe -> Text,
        door_polarity -> Text,
        created_at -> Moment,
        archived_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    device_states (device_id) {
        device_id -> Id,
        organization_id -> Id,
        last_seen_at -> Nullable<Moment>,
        newest_at -> Nullable<Moment>,
        battery_percent -> Nullable<Double>,
        battery_volts -> Nullable<Double>,
        signal -> Nullable<Double>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    gateways (id) {
        id -> Id,
        organization_id -> Id,
        site_id -> Id,
        gateway_id -> Text,
        name -> Text,
        created_at -> Moment,
        archived_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    rules (id) {
        id -> Id,
        organization_id -> Id,
        scope -> Text,
        scope_id -> Id,
        min_temperature -> Nullable<Double>,
        max_temperature -> Nullable<Double>,
        hysteresis -> Nullable<Double>,
        confirm_high_seconds -> Nullable<Integer>,
        confirm_low_seconds -> Nullable<Integer>,
        created_at -> Moment,
        updated_at -> Moment,
        confirm_door_open_seconds -> Nullable<Integer>,
        door_warning_seconds -> Nullable<Integer>,
        door_critical_seconds -> Nullable<Integer>,
        door_grace_seconds -> Nullable<Integer>,
        missed_warning -> Nullable<Integer>,
        missed_critical -> Nullable<Integer>,
        time_budget_seconds -> Nullable<Integer>,
        time_budget_warning_percent -> Nullable<Integer>,
        low_battery_percent -> Nullable<Integer>,
        low_battery_clear_percent -> Nullable<Integer>,
        severity -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    frames (device_id, frame_key) {
        device_id -> Id,
        frame_key -> Binary,
        received_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    readings (unit_id, measured_at, frame_key) {
        unit_id -> Id,
        measured_at -> Moment,
        frame_key -> Binary,
        id -> Id,
        organization_id -> Id,
        device_id -> Id,
        temperature -> Nullable<Double>,
        humidity -> Nullable<Double>,
        door_open -> Nullable<Bool>,
        battery_percent -> Nullable<Double>,
        battery_volts -> Nullable<Double>,
        signal -> Nullable<Double>,
        late -> Bool,
        fault -> Bool,
        simulated -> Bool,
        f_port -> Nullable<Integer>,
        payload -> Nullable<Binary>,
        received_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    alerts (id) {
        id -> Id,
        organization_id -> Id,
        subject_id -> Id,
        unit_id -> Nullable<Id>,
        site_id -> Id,
        kind -> Text,
        status -> Text,
        version -> BigInt,
        triggered_at -> Moment,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    alert_history (alert_id, version) {
        alert_id -> Id,
        version -> BigInt,
        organization_id -> Id,
        at -> Moment,
        transition -> Text,
        rule -> Text,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    unit_states (unit_id) {
        unit_id -> Id,
        organization_id -> Id,
        status -> Text,
        status_since -> Moment,
        last_at -> Nullable<Moment>,
        last_celsius -> Nullable<Double>,
        last_interval_seconds -> Nullable<Integer>,
        latest_at -> Nullable<Moment>,
        latest_key -> Nullable<Binary>,
        excursion_alert_id -> Nullable<Id>,
        excursion_direction -> Nullable<Text>,
        excursion_outside_since -> Nullable<Moment>,
        excursion_confirm_at -> Nullable<Moment>,
        excursion_peak -> Nullable<Double>,
        excursion_outside_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    deadlines (subject_id, kind) {
        subject_id -> Id,
        kind -> Text,
        organization_id -> Id,
        unit_id -> Nullable<Id>,
        due_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    log_heads (organization_id) {
        organization_id -> Id,
        seq -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    log (organization_id, seq) {
        organization_id -> Id,
        seq -> BigInt,
        at -> Moment,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    quarantine (id) {
        id -> Id,
        organization_id -> Id,
        received_at -> Moment,
        reason -> Text,
        dev_eui -> Nullable<Text>,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    downlink_routes (device_id) {
        device_id -> Id,
        organization_id -> Id,
        push_url -> Text,
        replace_url -> Text,
        api_key -> Text,
        told_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    rollups (unit_id, starts_at) {
        unit_id -> Id,
        starts_at -> Moment,
        organization_id -> Id,
        minimum -> Double,
        maximum -> Double,
        total -> Double,
        count -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    gateway_states (gateway_id) {
        gateway_id -> Id,
        organization_id -> Id,
        last_seen_at -> Nullable<Moment>,
        offline_since -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    suppressions (id) {
        id -> Id,
        organization_id -> Id,
        scope -> Text,
        scope_id -> Id,
        kind -> Nullable<Text>,
        starts_at -> Moment,
        ends_at -> Moment,
        reason -> Text,
        created_by -> Nullable<Id>,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    manual_logs (id) {
        id -> Id,
        organization_id -> Id,
        unit_id -> Id,
        temperature -> Double,
        taken_at -> Moment,
        recorded_at -> Moment,
        recorded_by -> Nullable<Id>,
        corrective_action -> Nullable<Text>,
        note -> Nullable<Text>,
        supersedes -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    commands (id) {
        id -> Id,
        organization_id -> Id,
        device_id -> Id,
        command -> Text,
        params -> Nullable<Text>,
        status -> Text,
        correlation_id -> Text,
        created_by -> Nullable<Id>,
        created_at -> Moment,
        updated_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    audit (organization_id, seq) {
        organization_id -> Id,
        seq -> BigInt,
        id -> Id,
        at -> Moment,
        actor_id -> Nullable<Id>,
        address -> Nullable<Text>,
        action -> Text,
        resource -> Text,
        resource_id -> Nullable<Id>,
        details -> Nullable<Text>,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::{Id, Moment};

    recovery_keys (id) {
        id -> Id,
        secret -> Text,
        made_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::Moment;

    recovery_rooms (sid, room) {
        sid -> Text,
        room -> Text,
        joined_at -> Nullable<Text>,
        changed_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::storage::types::Moment;

    recovery_ended (sid) {
        sid -> Text,
        ended_at -> Moment,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    meta,
    organizations,
    users,
    memberships,
    refresh_families,
    refresh_tokens,
    webhook_secrets,
    sites,
    areas,
    units,
    devices,
    device_states,
    downlink_routes,
    gateways,
    rules,
    frames,
    readings,
    alerts,
    alert_history,
    unit_states,
    deadlines,
    log_heads,
    log,
    quarantine,
    rollups,
    gateway_states,
    suppressions,
    manual_logs,
    commands,
    audit,
    recovery_keys,
    recovery_rooms,
    recovery_ended,
);
