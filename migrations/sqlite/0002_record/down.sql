DROP TABLE audit;
DROP TABLE commands;
DROP TABLE manual_logs;
DROP TABLE suppressions;
DROP TABLE gateway_states;
DROP TABLE rollups;
ALTER TABLE gateways DROP COLUMN archived_at;
CREATE TABLE old_deadlines (
    unit_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('confirm')),
    organization_id BLOB NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (unit_id, kind),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO old_deadlines SELECT unit_id, kind, organization_id, due_at FROM deadlines WHERE kind = 'confirm';
DROP TABLE deadlines;
ALTER TABLE old_deadlines RENAME TO deadlines;
CREATE INDEX deadlines_by_time ON deadlines (due_at);
CREATE TABLE old_devices (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    unit_id BLOB,
    dev_eui TEXT CHECK (length(dev_eui) = 16 AND dev_eui = upper(dev_eui)),
    ttn_device_id TEXT,
    application_id TEXT,
    model TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('temperature', 'door')),
    expected_interval_seconds INTEGER NOT NULL CHECK (expected_interval_seconds > 0),
    probe TEXT NOT NULL CHECK (probe IN ('internal', 'external')),
    door_polarity TEXT NOT NULL CHECK (door_polarity IN ('normal', 'inverted')),
    created_at INTEGER NOT NULL,
    CHECK (dev_eui IS NOT NULL OR (ttn_device_id IS NOT NULL AND application_id IS NOT NULL)),
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, dev_eui),
    UNIQUE (organization_id, application_id, ttn_device_id),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO old_devices SELECT id, organization_id, unit_id, dev_eui, ttn_device_id, application_id, model, role,
    expected_interval_seconds, probe, door_polarity, created_at FROM devices;
DROP TABLE devices;
ALTER TABLE old_devices RENAME TO devices;
CREATE INDEX devices_by_unit ON devices (unit_id);
ALTER TABLE rules DROP COLUMN severity;
ALTER TABLE rules DROP COLUMN low_battery_clear_percent;
ALTER TABLE rules DROP COLUMN low_battery_percent;
ALTER TABLE rules DROP COLUMN time_budget_warning_percent;
ALTER TABLE rules DROP COLUMN time_budget_seconds;
ALTER TABLE rules DROP COLUMN missed_critical;
ALTER TABLE rules DROP COLUMN missed_warning;
ALTER TABLE rules DROP COLUMN door_grace_seconds;
ALTER TABLE rules DROP COLUMN door_critical_seconds;
ALTER TABLE rules DROP COLUMN door_warning_seconds;
ALTER TABLE rules DROP COLUMN confirm_door_open_seconds;
ALTER TABLE webhook_secrets DROP COLUMN last_used_at;
ALTER TABLE units DROP COLUMN manual_log_since;
ALTER TABLE units DROP COLUMN manual_log_every_seconds;
ALTER TABLE units DROP COLUMN archived_at;
ALTER TABLE sites DROP COLUMN defrost_windows;
ALTER TABLE organizations DROP COLUMN quiet_to;
ALTER TABLE organizations DROP COLUMN quiet_from;
ALTER TABLE organizations DROP COLUMN escalation;
