-- What people write down and change, what is known of gateways, and sums of readings.

ALTER TABLE organizations ADD COLUMN escalation TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(escalation));
ALTER TABLE organizations ADD COLUMN quiet_from TEXT CHECK (length(quiet_from) = 5);
ALTER TABLE organizations ADD COLUMN quiet_to TEXT CHECK (length(quiet_to) = 5);
ALTER TABLE sites ADD COLUMN defrost_windows TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(defrost_windows));

-- Archived: out of sight, its record stays.
ALTER TABLE units ADD COLUMN archived_at INTEGER;
ALTER TABLE units ADD COLUMN manual_log_every_seconds INTEGER CHECK (manual_log_every_seconds > 0);
-- From when the interval counts until there is a log.
ALTER TABLE units ADD COLUMN manual_log_since INTEGER;
ALTER TABLE webhook_secrets ADD COLUMN last_used_at INTEGER;

ALTER TABLE rules ADD COLUMN confirm_door_open_seconds INTEGER CHECK (confirm_door_open_seconds BETWEEN 0 AND 86400);
ALTER TABLE rules ADD COLUMN door_warning_seconds INTEGER CHECK (door_warning_seconds BETWEEN 0 AND 86400);
ALTER TABLE rules ADD COLUMN door_critical_seconds INTEGER CHECK (door_critical_seconds BETWEEN 0 AND 86400);
ALTER TABLE rules ADD COLUMN door_grace_seconds INTEGER CHECK (door_grace_seconds BETWEEN 0 AND 86400);
ALTER TABLE rules ADD COLUMN missed_warning INTEGER CHECK (missed_warning BETWEEN 1 AND 1000);
ALTER TABLE rules ADD COLUMN missed_critical INTEGER CHECK (missed_critical BETWEEN 1 AND 1000);
ALTER TABLE rules ADD COLUMN time_budget_seconds INTEGER CHECK (time_budget_seconds BETWEEN 0 AND 86400);
ALTER TABLE rules ADD COLUMN time_budget_warning_percent INTEGER CHECK (time_budget_warning_percent BETWEEN 0 AND 100);
ALTER TABLE rules ADD COLUMN low_battery_percent INTEGER CHECK (low_battery_percent BETWEEN 0 AND 100);
ALTER TABLE rules ADD COLUMN low_battery_clear_percent INTEGER CHECK (low_battery_clear_percent BETWEEN 0 AND 100);
-- An object of alert kind to severity.
ALTER TABLE rules ADD COLUMN severity TEXT CHECK (json_valid(severity));

-- An archived device leaves its identity to its successor. SQLite cannot drop a constraint, so that the table is made anew.
CREATE TABLE new_devices (
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
    archived_at INTEGER,
    CHECK (dev_eui IS NOT NULL OR (ttn_device_id IS NOT NULL AND application_id IS NOT NULL)),
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO new_devices SELECT id, organization_id, unit_id, dev_eui, ttn_device_id, application_id, model, role,
    expected_interval_seconds, probe, door_polarity, created_at, NULL FROM devices;
DROP TABLE devices;
ALTER TABLE new_devices RENAME TO devices;
CREATE INDEX devices_by_unit ON devices (unit_id);
CREATE UNIQUE INDEX devices_by_eui ON devices (organization_id, dev_eui) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX devices_by_name ON devices (organization_id, application_id, ttn_device_id) WHERE archived_at IS NULL;

-- A deadline of any subject: a unit, a device, a gateway, an alert or a suppression.
CREATE TABLE new_deadlines (
    subject_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('confirm', 'offline', 'door', 'time_budget', 'escalation', 'suppression', 'manual_log')),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    unit_id BLOB,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (subject_id, kind),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO new_deadlines SELECT unit_id, kind, organization_id, unit_id, due_at FROM deadlines;
DROP TABLE deadlines;
ALTER TABLE new_deadlines RENAME TO deadlines;
CREATE INDEX deadlines_by_time ON deadlines (due_at);

-- Quarters of an hour: of all readings that count and have a temperature. Hours are sums of four, days of those
-- between two midnights of the site's zone, so that a site that changes its zone changes its days; minutes are read
-- from the readings.
CREATE TABLE rollups (
    unit_id BLOB NOT NULL,
    starts_at INTEGER NOT NULL,
    organization_id BLOB NOT NULL,
    minimum REAL NOT NULL,
    maximum REAL NOT NULL,
    total REAL NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (unit_id, starts_at),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO rollups (unit_id, starts_at, organization_id, minimum, maximum, total, count)
    SELECT unit_id, measured_at - measured_at % 900000, organization_id, min(temperature), max(temperature), sum(temperature), count(temperature)
    FROM readings WHERE temperature IS NOT NULL AND simulated = 0 GROUP BY 1, 2, 3;

ALTER TABLE gateways ADD COLUMN archived_at INTEGER;
CREATE TABLE gateway_states (
    gateway_id BLOB PRIMARY KEY REFERENCES gateways (id),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    last_seen_at INTEGER,
    offline_since INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO gateway_states (gateway_id, organization_id) SELECT id, organization_id FROM gateways;

CREATE TABLE suppressions (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    scope TEXT NOT NULL CHECK (scope IN ('organization', 'site', 'unit')),
    scope_id BLOB NOT NULL,
    kind TEXT,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    created_by BLOB,
    created_at INTEGER NOT NULL,
    CHECK (ends_at > starts_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX suppressions_by_end ON suppressions (organization_id, ends_at);

-- Never overwritten: a correction is a row that supersedes another, each at most once.
CREATE TABLE manual_logs (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL,
    unit_id BLOB NOT NULL,
    temperature REAL NOT NULL CHECK (temperature BETWEEN -273.15 AND 1000),
    taken_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB,
    corrective_action TEXT,
    note TEXT,
    supersedes BLOB UNIQUE,
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id),
    FOREIGN KEY (organization_id, supersedes) REFERENCES manual_logs (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX manual_logs_by_unit ON manual_logs (unit_id, taken_at, id);

CREATE TABLE commands (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL,
    device_id BLOB NOT NULL,
    command TEXT NOT NULL CHECK (command IN ('set_interval', 'reset', 'set_alarm_limits', 'raw')),
    params TEXT CHECK (json_valid(params)),
    status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'acked', 'failed', 'timed_out')),
    correlation_id TEXT NOT NULL UNIQUE,
    created_by BLOB,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    FOREIGN KEY (organization_id, device_id) REFERENCES devices (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX commands_by_device ON commands (device_id, created_at, id);

-- A chain per organization: each row's hash is over the one before it.
CREATE TABLE audit (
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    seq INTEGER NOT NULL,
    id BLOB NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    actor_id BLOB,
    address TEXT,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_id BLOB,
    details TEXT CHECK (json_valid(details)),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (organization_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_not_removed BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
