-- What signs the pids of sockets: a new key each day, earlier ones stay as long as what they signed.
CREATE TABLE recovery_keys (
    id UUID PRIMARY KEY,
    secret TEXT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);

-- The rooms of a socket that a fresh one has not, or has and this one left (then joined_at is NULL).
CREATE TABLE recovery_rooms (
    sid TEXT NOT NULL,
    room TEXT NOT NULL,
    joined_at TEXT,
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (sid, room)
);
CREATE INDEX recovery_rooms_by_age ON recovery_rooms (changed_at);

-- Sockets that do not come back.
CREATE TABLE recovery_ended (
    sid TEXT PRIMARY KEY,
    ended_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX recovery_ended_by_age ON recovery_ended (ended_at);
