-- The same tables as SQLite has, in PostgreSQL's types. Moments are written with whole milliseconds, temperatures in °C.
-- Every row carries its organization; composite foreign keys keep a row's relatives in the same one.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- The random id of this database's logs: an offset made against another database is not taken for ours.
INSERT INTO meta (key, value) VALUES ('log_id', substr(md5(gen_random_uuid()::text), 1, 16));

CREATE TABLE organizations (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    temperature_unit TEXT NOT NULL DEFAULT 'C' CHECK (temperature_unit IN ('C', 'F')),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE users (
    id UUID PRIMARY KEY,
    email TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
    name TEXT NOT NULL,
    password_hash TEXT,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE memberships (
    user_id UUID NOT NULL REFERENCES users (id),
    organization_id UUID NOT NULL REFERENCES organizations (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'staff', 'viewer', 'inspector')),
    PRIMARY KEY (user_id, organization_id)
);

CREATE TABLE refresh_families (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    organization_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    FOREIGN KEY (user_id, organization_id) REFERENCES memberships (user_id, organization_id)
);

CREATE TABLE refresh_tokens (
    hash BYTEA PRIMARY KEY CHECK (octet_length(hash) = 32),
    family_id UUID NOT NULL REFERENCES refresh_families (id) ON DELETE CASCADE,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE webhook_secrets (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE sites (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    timezone TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (organization_id, id)
);

CREATE TABLE areas (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL,
    site_id UUID NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (organization_id, site_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id)
);

CREATE TABLE units (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL,
    site_id UUID NOT NULL,
    area_id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('fridge', 'freezer', 'display_case', 'walk_in_cooler', 'walk_in_freezer',
        'blast_chiller', 'hot_hold', 'vaccine_fridge', 'other')),
    primary_device_id UUID,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, site_id, area_id) REFERENCES areas (organization_id, site_id, id));
CREATE INDEX units_by_site ON units (site_id, id);

CREATE TABLE devices (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    unit_id UUID,
    dev_eui TEXT CHECK (length(dev_eui) = 16 AND dev_eui = upper(dev_eui)),
    ttn_device_id TEXT,
    application_id TEXT,
    model TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('temperature', 'door')),
    expected_interval_seconds INTEGER NOT NULL CHECK (expected_interval_seconds > 0),
    probe TEXT NOT NULL CHECK (probe IN ('internal', 'external')),
    door_polarity TEXT NOT NULL CHECK (door_polarity IN ('normal', 'inverted')),
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (dev_eui IS NOT NULL OR (ttn_device_id IS NOT NULL AND application_id IS NOT NULL)),
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, dev_eui),
    UNIQUE (organization_id, application_id, ttn_device_id),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id)
);
CREATE INDEX devices_by_unit ON devices (unit_id);
ALTER TABLE units ADD FOREIGN KEY (organization_id, primary_device_id) REFERENCES devices (organization_id, id)
    DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE device_states (
    device_id UUID PRIMARY KEY REFERENCES devices (id),
    organization_id UUID NOT NULL REFERENCES organizations (id),
    last_seen_at TIMESTAMPTZ,
    newest_at TIMESTAMPTZ,
    battery_percent DOUBLE PRECISION,
    battery_volts DOUBLE PRECISION,
    signal DOUBLE PRECISION
) WITH (fillfactor = 70);

CREATE TABLE gateways (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL,
    site_id UUID NOT NULL,
    gateway_id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (organization_id, gateway_id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id)
);

CREATE TABLE rules (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    scope TEXT NOT NULL CHECK (scope IN ('organization', 'site', 'unit')),
    scope_id UUID NOT NULL,
    min_temperature DOUBLE PRECISION CHECK (min_temperature BETWEEN -273.15 AND 1000),
    max_temperature DOUBLE PRECISION CHECK (max_temperature BETWEEN -273.15 AND 1000),
    hysteresis DOUBLE PRECISION CHECK (hysteresis BETWEEN 0 AND 100),
    confirm_high_seconds INTEGER CHECK (confirm_high_seconds BETWEEN 0 AND 86400),
    confirm_low_seconds INTEGER CHECK (confirm_low_seconds BETWEEN 0 AND 86400),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (organization_id, scope, scope_id)
);

-- The frames already taken, to tell a repeated delivery; cleaned by age.
CREATE TABLE frames (
    device_id UUID NOT NULL,
    frame_key BYTEA NOT NULL CHECK (octet_length(frame_key) = 16),
    received_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (device_id, frame_key)
);
CREATE INDEX frames_by_age ON frames USING brin (received_at) WITH (pages_per_range = 32);

CREATE TABLE readings (
    unit_id UUID NOT NULL,
    measured_at TIMESTAMPTZ NOT NULL,
    frame_key BYTEA NOT NULL CHECK (octet_length(frame_key) = 16),
    id UUID NOT NULL,
    organization_id UUID NOT NULL,
    device_id UUID NOT NULL,
    temperature DOUBLE PRECISION CHECK (temperature BETWEEN -273.15 AND 1000),
    humidity DOUBLE PRECISION CHECK (humidity BETWEEN 0 AND 100),
    door_open BOOLEAN,
    battery_percent DOUBLE PRECISION CHECK (battery_percent BETWEEN 0 AND 100),
    battery_volts DOUBLE PRECISION CHECK (battery_volts BETWEEN 0 AND 100),
    signal DOUBLE PRECISION CHECK (signal BETWEEN -500 AND 500),
    late BOOLEAN NOT NULL,
    fault BOOLEAN NOT NULL,
    simulated BOOLEAN NOT NULL,
    f_port INTEGER,
    payload BYTEA,
    received_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (unit_id, measured_at, frame_key),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id),
    FOREIGN KEY (organization_id, device_id) REFERENCES devices (organization_id, id)
) PARTITION BY RANGE (measured_at);
-- Takes what no month has been made for. Months are made ahead, and dropped by age.
CREATE TABLE readings_default PARTITION OF readings DEFAULT;

-- Makes the month (UTC) that a moment lies in, unless it is there. What the default partition holds of it moves over.
CREATE FUNCTION make_readings_month(moment TIMESTAMPTZ) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    month TIMESTAMP := date_trunc('month', moment AT TIME ZONE 'UTC');
    name TEXT := 'readings_' || to_char(month, 'YYYY_MM');
    starts_at TIMESTAMPTZ := month AT TIME ZONE 'UTC';
    ends_at TIMESTAMPTZ := (month + INTERVAL '1 month') AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE readings INCLUDING ALL)', name);
    EXECUTE format('WITH moved AS (DELETE FROM readings_default WHERE measured_at >= $1 AND measured_at < $2 RETURNING *)
        INSERT INTO %I SELECT * FROM moved', name) USING starts_at, ends_at;
    EXECUTE format('ALTER TABLE readings ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, starts_at, ends_at);
END
$$;

-- Drops the months that ended at a moment or before, one at a time, the oldest first; whether there may be another.
CREATE FUNCTION drop_readings_month(moment TIMESTAMPTZ) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
    name TEXT;
BEGIN
    SELECT relname INTO name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'readings'::regclass AND relname ~ '^readings_[0-9]{4}_[0-9]{2}$'
        AND (to_date(substr(relname, 10), 'YYYY_MM') + INTERVAL '1 month') <= moment AT TIME ZONE 'UTC'
        ORDER BY relname LIMIT 1;
    IF name IS NULL THEN
        RETURN FALSE;
    END IF;
    EXECUTE format('DROP TABLE %I', name);
    RETURN TRUE;
END
$$;


CREATE TABLE alerts (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    subject_id UUID NOT NULL,
    unit_id UUID,
    site_id UUID NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'acknowledged', 'resolved')),
    version BIGINT NOT NULL CHECK (version > 0),
    triggered_at TIMESTAMPTZ NOT NULL,
    body TEXT NOT NULL CHECK (body::json IS NOT NULL),
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES sites (organization_id, id),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id)
);
-- At most one open alert per subject and kind, whoever writes.
CREATE UNIQUE INDEX alerts_open ON alerts (subject_id, kind) WHERE status <> 'resolved';
CREATE INDEX alerts_by_time ON alerts (organization_id, triggered_at, id);

CREATE TABLE alert_history (
    alert_id UUID NOT NULL,
    version BIGINT NOT NULL,
    organization_id UUID NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    transition TEXT NOT NULL CHECK (transition IN ('triggered', 'updated', 'acknowledged', 'resolved')),
    rule TEXT NOT NULL CHECK (rule::json IS NOT NULL),
    body TEXT NOT NULL CHECK (body::json IS NOT NULL),
    PRIMARY KEY (alert_id, version),
    FOREIGN KEY (organization_id, alert_id) REFERENCES alerts (organization_id, id)
);

-- What a decision about a unit reads and writes.
CREATE TABLE unit_states (
    unit_id UUID PRIMARY KEY,
    organization_id UUID NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'alarm', 'excursion', 'offline', 'restoring', 'ok')),
    status_since TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ,
    last_celsius DOUBLE PRECISION,
    last_interval_seconds INTEGER,
    latest_at TIMESTAMPTZ,
    latest_key BYTEA,
    excursion_alert_id UUID,
    excursion_direction TEXT CHECK (excursion_direction IN ('high', 'low')),
    excursion_outside_since TIMESTAMPTZ,
    excursion_confirm_at TIMESTAMPTZ,
    excursion_peak DOUBLE PRECISION,
    excursion_outside_ms BIGINT,
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id),
    FOREIGN KEY (organization_id, excursion_alert_id) REFERENCES alerts (organization_id, id)
) WITH (fillfactor = 70);

CREATE TABLE deadlines (
    unit_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('confirm')),
    organization_id UUID NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (unit_id, kind),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id)
) WITH (fillfactor = 70);
CREATE INDEX deadlines_by_time ON deadlines (due_at);

-- No foreign key touches log_heads: its row is the last lock of every transaction.
CREATE TABLE log_heads (
    organization_id UUID PRIMARY KEY,
    seq BIGINT NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE log (
    organization_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (organization_id, seq)
);
CREATE INDEX log_by_age ON log (at);

CREATE TABLE quarantine (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    received_at TIMESTAMPTZ NOT NULL,
    reason TEXT NOT NULL,
    dev_eui TEXT,
    body TEXT NOT NULL
);
CREATE INDEX quarantine_by_age ON quarantine (organization_id, received_at, id);
