-- Ids are UUIDs as 16 bytes, moments are milliseconds since the Unix epoch (UTC), temperatures °C.
-- Every row carries its organization; composite foreign keys keep a row's relatives in the same one.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The random id of this database's logs: an offset made against another database is not taken for ours.
INSERT INTO meta (key, value) VALUES ('log_id', lower(hex(randomblob(8))));

CREATE TABLE organizations (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL UNIQUE,
    temperature_unit TEXT NOT NULL DEFAULT 'C' CHECK (temperature_unit IN ('C', 'F')),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    email TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
    name TEXT NOT NULL,
    password_hash TEXT,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
    user_id BLOB NOT NULL REFERENCES users (id),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'staff', 'viewer', 'inspector')),
    PRIMARY KEY (user_id, organization_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE refresh_families (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL,
    organization_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    FOREIGN KEY (user_id, organization_id) REFERENCES memberships (user_id, organization_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE refresh_tokens (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    family_id BLOB NOT NULL REFERENCES refresh_families (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE webhook_secrets (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sites (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    timezone TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE areas (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL,
    site_id BLOB NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (organization_id, site_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE units (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL,
    site_id BLOB NOT NULL,
    area_id BLOB NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('fridge', 'freezer', 'display_case', 'walk_in_cooler', 'walk_in_freezer',
        'blast_chiller', 'hot_hold', 'vaccine_fridge', 'other')),
    primary_device_id BLOB,
    created_at INTEGER NOT NULL,
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, site_id, area_id) REFERENCES areas (organization_id, site_id, id),
    FOREIGN KEY (organization_id, primary_device_id) REFERENCES devices (organization_id, id) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
CREATE INDEX units_by_site ON units (site_id, id);

CREATE TABLE devices (
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
CREATE INDEX devices_by_unit ON devices (unit_id);

CREATE TABLE device_states (
    device_id BLOB PRIMARY KEY REFERENCES devices (id),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    last_seen_at INTEGER,
    newest_at INTEGER,
    battery_percent REAL,
    battery_volts REAL,
    signal REAL
) STRICT, WITHOUT ROWID;

CREATE TABLE gateways (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL,
    site_id BLOB NOT NULL,
    gateway_id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (organization_id, gateway_id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rules (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    scope TEXT NOT NULL CHECK (scope IN ('organization', 'site', 'unit')),
    scope_id BLOB NOT NULL,
    min_temperature REAL CHECK (min_temperature BETWEEN -273.15 AND 1000),
    max_temperature REAL CHECK (max_temperature BETWEEN -273.15 AND 1000),
    hysteresis REAL CHECK (hysteresis BETWEEN 0 AND 100),
    confirm_high_seconds INTEGER CHECK (confirm_high_seconds BETWEEN 0 AND 86400),
    confirm_low_seconds INTEGER CHECK (confirm_low_seconds BETWEEN 0 AND 86400),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (organization_id, scope, scope_id)
) STRICT, WITHOUT ROWID;

-- The frames already taken, to tell a repeated delivery; cleaned by age.
CREATE TABLE frames (
    device_id BLOB NOT NULL,
    frame_key BLOB NOT NULL CHECK (length(frame_key) = 16),
    received_at INTEGER NOT NULL,
    PRIMARY KEY (device_id, frame_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX frames_by_age ON frames (received_at);

CREATE TABLE readings (
    unit_id BLOB NOT NULL,
    measured_at INTEGER NOT NULL,
    frame_key BLOB NOT NULL CHECK (length(frame_key) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    organization_id BLOB NOT NULL,
    device_id BLOB NOT NULL,
    temperature REAL CHECK (temperature BETWEEN -273.15 AND 1000),
    humidity REAL CHECK (humidity BETWEEN 0 AND 100),
    door_open INTEGER CHECK (door_open IN (0, 1)),
    battery_percent REAL CHECK (battery_percent BETWEEN 0 AND 100),
    battery_volts REAL CHECK (battery_volts BETWEEN 0 AND 100),
    signal REAL CHECK (signal BETWEEN -500 AND 500),
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    fault INTEGER NOT NULL CHECK (fault IN (0, 1)),
    simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    f_port INTEGER,
    payload BLOB,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (unit_id, measured_at, frame_key),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id),
    FOREIGN KEY (organization_id, device_id) REFERENCES devices (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE alerts (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    subject_id BLOB NOT NULL,
    unit_id BLOB,
    site_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'acknowledged', 'resolved')),
    version INTEGER NOT NULL CHECK (version > 0),
    triggered_at INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id)
) STRICT, WITHOUT ROWID;
-- At most one open alert per subject and kind, whoever writes.
CREATE UNIQUE INDEX alerts_open ON alerts (subject_id, kind) WHERE status <> 'resolved';
CREATE INDEX alerts_by_time ON alerts (organization_id, triggered_at, id);

CREATE TABLE alert_history (
    alert_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    organization_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    transition TEXT NOT NULL CHECK (transition IN ('triggered', 'updated', 'acknowledged', 'resolved')),
    rule TEXT NOT NULL CHECK (json_valid(rule)),
    body TEXT NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (alert_id, version),
    FOREIGN KEY (organization_id, alert_id) REFERENCES alerts (organization_id, id)
) STRICT, WITHOUT ROWID;

-- What a decision about a unit reads and writes.
CREATE TABLE unit_states (
    unit_id BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'alarm', 'excursion', 'offline', 'restoring', 'ok')),
    status_since INTEGER NOT NULL,
    last_at INTEGER,
    last_celsius REAL,
    last_interval_seconds INTEGER,
    latest_at INTEGER,
    latest_key BLOB,
    excursion_alert_id BLOB,
    excursion_direction TEXT CHECK (excursion_direction IN ('high', 'low')),
    excursion_outside_since INTEGER,
    excursion_confirm_at INTEGER,
    excursion_peak REAL,
    excursion_outside_ms INTEGER,
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id),
    FOREIGN KEY (organization_id, excursion_alert_id) REFERENCES alerts (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE deadlines (
    unit_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('confirm')),
    organization_id BLOB NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (unit_id, kind),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deadlines_by_time ON deadlines (due_at);

-- No foreign key touches log_heads: its row is the last lock of every transaction.
CREATE TABLE log_heads (
    organization_id BLOB PRIMARY KEY,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
    organization_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organization_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_by_age ON log (at);

CREATE TABLE quarantine (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    organization_id BLOB NOT NULL REFERENCES organizations (id),
    received_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    dev_eui TEXT,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_by_age ON quarantine (organization_id, received_at, id);
