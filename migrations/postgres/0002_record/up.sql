-- What people write down and change, what is known of gateways, and sums of readings.

ALTER TABLE organizations ADD COLUMN escalation TEXT NOT NULL DEFAULT '[]' CHECK (escalation::json IS NOT NULL);
ALTER TABLE organizations ADD COLUMN quiet_from TEXT CHECK (length(quiet_from) = 5);
ALTER TABLE organizations ADD COLUMN quiet_to TEXT CHECK (length(quiet_to) = 5);
ALTER TABLE sites ADD COLUMN defrost_windows TEXT NOT NULL DEFAULT '[]' CHECK (defrost_windows::json IS NOT NULL);

-- Archived: out of sight, its record stays.
ALTER TABLE units ADD COLUMN archived_at TIMESTAMPTZ;
ALTER TABLE units ADD COLUMN manual_log_every_seconds INTEGER CHECK (manual_log_every_seconds > 0);
-- From when the interval counts until there is a log.
ALTER TABLE units ADD COLUMN manual_log_since TIMESTAMPTZ;
ALTER TABLE webhook_secrets ADD COLUMN last_used_at TIMESTAMPTZ;

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
ALTER TABLE rules ADD COLUMN severity TEXT CHECK (severity IS NULL OR severity::json IS NOT NULL);

-- An archived device leaves its identity to its successor.
ALTER TABLE devices ADD COLUMN archived_at TIMESTAMPTZ;
ALTER TABLE devices DROP CONSTRAINT devices_organization_id_dev_eui_key;
ALTER TABLE devices DROP CONSTRAINT devices_organization_id_application_id_ttn_device_id_key;
CREATE UNIQUE INDEX devices_by_eui ON devices (organization_id, dev_eui) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX devices_by_name ON devices (organization_id, application_id, ttn_device_id) WHERE archived_at IS NULL;

-- A deadline of any subject: a unit, a device, a gateway, an alert or a suppression.
ALTER TABLE deadlines ADD COLUMN subject_id UUID;
UPDATE deadlines SET subject_id = unit_id;
ALTER TABLE deadlines DROP CONSTRAINT deadlines_pkey;
ALTER TABLE deadlines ADD PRIMARY KEY (subject_id, kind);
ALTER TABLE deadlines ALTER COLUMN unit_id DROP NOT NULL;
ALTER TABLE deadlines ADD FOREIGN KEY (organization_id) REFERENCES organizations (id);
ALTER TABLE deadlines DROP CONSTRAINT deadlines_kind_check;
ALTER TABLE deadlines ADD CONSTRAINT deadlines_kind_check CHECK (kind IN ('confirm', 'offline', 'door', 'time_budget', 'escalation', 'suppression', 'manual_log'));

-- Quarters of an hour: of all readings that count and have a temperature. Hours are sums of four, days of those
-- between two midnights of the site's zone, so that a site that changes its zone changes its days; minutes are read
-- from the readings.
CREATE TABLE rollups (
    unit_id UUID NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    organization_id UUID NOT NULL,
    minimum DOUBLE PRECISION NOT NULL,
    maximum DOUBLE PRECISION NOT NULL,
    total DOUBLE PRECISION NOT NULL,
    count BIGINT NOT NULL CHECK (count > 0),
    PRIMARY KEY (unit_id, starts_at),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id)
) WITH (fillfactor = 70);
INSERT INTO rollups (unit_id, starts_at, organization_id, minimum, maximum, total, count)
    SELECT unit_id, to_timestamp(floor(extract(epoch FROM measured_at) / 900) * 900), organization_id, min(temperature), max(temperature), sum(temperature), count(temperature)
    FROM readings WHERE temperature IS NOT NULL AND NOT simulated GROUP BY 1, 2, 3;

ALTER TABLE gateways ADD COLUMN archived_at TIMESTAMPTZ;
CREATE TABLE gateway_states (
    gateway_id UUID PRIMARY KEY REFERENCES gateways (id),
    organization_id UUID NOT NULL REFERENCES organizations (id),
    last_seen_at TIMESTAMPTZ,
    offline_since TIMESTAMPTZ
) WITH (fillfactor = 70);
INSERT INTO gateway_states (gateway_id, organization_id) SELECT id, organization_id FROM gateways;

CREATE TABLE suppressions (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    scope TEXT NOT NULL CHECK (scope IN ('organization', 'site', 'unit')),
    scope_id UUID NOT NULL,
    kind TEXT,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    reason TEXT NOT NULL,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (ends_at > starts_at)
);
CREATE INDEX suppressions_by_end ON suppressions (organization_id, ends_at);

-- Never overwritten: a correction is a row that supersedes another, each at most once.
CREATE TABLE manual_logs (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL,
    unit_id UUID NOT NULL,
    temperature DOUBLE PRECISION NOT NULL CHECK (temperature BETWEEN -273.15 AND 1000),
    taken_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID,
    corrective_action TEXT,
    note TEXT,
    supersedes UUID UNIQUE,
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, unit_id) REFERENCES units (organization_id, id),
    FOREIGN KEY (organization_id, supersedes) REFERENCES manual_logs (organization_id, id)
);
CREATE INDEX manual_logs_by_unit ON manual_logs (unit_id, taken_at, id);

CREATE TABLE commands (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL,
    device_id UUID NOT NULL,
    command TEXT NOT NULL CHECK (command IN ('set_interval', 'reset', 'set_alarm_limits', 'raw')),
    params TEXT CHECK (params IS NULL OR params::json IS NOT NULL),
    status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'acked', 'failed', 'timed_out')),
    correlation_id TEXT NOT NULL UNIQUE,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (organization_id, device_id) REFERENCES devices (organization_id, id)
);
CREATE INDEX commands_by_device ON commands (device_id, created_at, id);

-- A chain per organization: each row's hash is over the one before it.
CREATE TABLE audit (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    seq BIGINT NOT NULL,
    id UUID NOT NULL UNIQUE,
    at TIMESTAMPTZ NOT NULL,
    actor_id UUID,
    address TEXT,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_id UUID,
    details TEXT CHECK (details IS NULL OR details::json IS NOT NULL),
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (organization_id, seq)
);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit is append-only';
END
$$;
CREATE TRIGGER audit_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
