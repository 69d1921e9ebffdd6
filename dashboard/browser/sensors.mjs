// Uplinks of the demo's sensors, as The Things Stack posts them.

const SECRET = "demo-webhook-secret";

let frames = 0;

/** Posts one frame; `at` is when the network received it, by default when it comes. Fails if it is not stored. */
export async function post(url, devEui, decoded, at) {
  frames += 1;
  const received = at && { received_at: new Date(at).toISOString() };
  const response = await fetch(new URL("/webhooks/ttn/up", url), {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Webhook-Secret": SECRET },
    body: JSON.stringify({
      ...received,
      end_device_ids: { dev_eui: devEui },
      uplink_message: { ...received, f_port: 2, f_cnt: frames, session_key_id: "browser", decoded_payload: decoded },
    }),
  });
  const answer = await response.json();
  if (answer.stored !== 1) throw new Error(`${devEui} not stored: ${JSON.stringify(answer)}`);
}

/** The EUI of the thermometer of the n-th unit, from 1. */
export const thermometer = (number) => `A84041000000000${number}`;

/** The EUI of the contact at the first unit's door. */
export const DOOR_CONTACT = "A840410000000101";
