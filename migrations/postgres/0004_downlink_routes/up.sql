-- Where and with which key a device is sent to, as its network told with the last uplink. The key is not hashed: it is
-- presented to the network with each downlink.
CREATE TABLE downlink_routes (
    device_id UUID PRIMARY KEY,
    organization_id UUID NOT NULL,
    push_url TEXT NOT NULL CHECK (length(push_url) <= 2048),
    replace_url TEXT NOT NULL CHECK (length(replace_url) <= 2048),
    api_key TEXT NOT NULL CHECK (length(api_key) BETWEEN 1 AND 512),
    told_at TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (organization_id, device_id) REFERENCES devices (organization_id, id) ON DELETE CASCADE
);
