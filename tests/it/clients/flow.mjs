// What a user's page does, step by step, each step checked: refused connections, login, connection, an uplink as a batch,
// its alert, the acknowledgement, and a second organization that sees nothing of it.
// Usage: node flow.mjs URL polling|websocket|default
import assert from "node:assert/strict";
import { io } from "socket.io-client";
import { Inbox, within } from "./inbox.mjs";

const [url, choice] = process.argv.slice(2);
const transports = choice === "default" ? undefined : [choice];

const connect = (auth) =>
  io(url, { auth, forceNew: true, reconnection: false, ...(transports && { transports }) });

async function refusal(auth) {
  const socket = connect(auth);
  const error = await within("connect_error", (done) => socket.on("connect_error", done));
  socket.close();
  return { message: error.message, data: error.data };
}

async function call(path, { token, ...options } = {}) {
  const headers = { "content-type": "application/json", ...options.headers };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(url + path, { ...options, headers });
  const body = await response.json();
  assert.equal(response.status, 200, `${path}: ${JSON.stringify(body)}`);
  return body;
}

async function login(email) {
  const body = JSON.stringify({ email, password: "freshtrack" });
  const session = await call("/api/v1/auth/login", { method: "POST", body });
  assert.equal(session.user.email, email);
  return session.accessToken;
}

let frames = 0;
async function uplink(secret, devEui, celsius) {
  frames += 1;
  const body = JSON.stringify({
    end_device_ids: { dev_eui: devEui },
    uplink_message: { f_port: 2, f_cnt: frames, session_key_id: "flow", decoded_payload: { TempC_SHT: celsius } },
  });
  const headers = { "x-webhook-secret": secret };
  const answer = await call("/webhooks/ttn/up", { method: "POST", headers, body });
  assert.deepEqual(answer, { accepted: true, stored: 1, duplicate: false });
}

async function connected(token) {
  const socket = connect({ token });
  const inbox = new Inbox(socket);
  await within("connect", (done, failed) => socket.on("connect", done).on("connect_error", failed));
  if (choice === "default" && socket.io.engine.transport.name !== "websocket") {
    await within("upgrade", (done) => socket.io.engine.on("upgrade", done));
  }
  assert.equal(socket.io.engine.transport.name, choice === "polling" ? "polling" : "websocket");
  return { socket, inbox };
}

const ask = (socket, event, argument) => socket.timeout(5000).emitWithAck(event, argument);

assert.deepEqual(await refusal({}), {
  message: "Authentication required",
  data: { code: "authentication_required" },
});
assert.deepEqual(await refusal({ token: "nonsense" }), {
  message: "Invalid or expired token",
  data: { code: "invalid_token" },
});

const token = await login("demo@freshtrack.local");
const demo = await connected(token);
const colleague = await connected(token);
const rival = await connected(await login("rival@freshtrack.local"));

const units = (await call("/api/v1/units", { token })).items;
const fridge = units.find((unit) => unit.name === "Fridge 1");
assert.deepEqual(await ask(demo.socket, "subscribe:unit", fridge.id), { ok: true, latest: [] });
for (const [event, id, code] of [
  ["subscribe:unit", fridge.id, "not_found"],
  ["subscribe:site", fridge.siteId, "not_found"],
  ["subscribe:unit", "nonsense", "not_found"],
]) {
  const reply = await ask(rival.socket, event, id);
  assert.deepEqual([reply.ok, reply.error.code], [false, code], event);
}

const posted = performance.now();
await uplink("demo-webhook-secret", "A840410000000001", 12.5);
const alert = await demo.inbox.next("alert:triggered");
const alertDelay = performance.now() - posted;
const batch = await demo.inbox.next("sensor:readings:batch");
const newest = await demo.inbox.next("sensor:reading");
assert.ok(alertDelay < 1000, `the alert took ${alertDelay} ms`);
assert.equal(batch.unitId, fridge.id);
assert.equal(batch.siteId, fridge.siteId);
assert.equal(batch.count, 1);
assert.equal(batch.readings[0].temperature, 12.5);
assert.equal(newest.temperature, 12.5);
assert.equal(alert.unitId, fridge.id);
assert.deepEqual([alert.kind, alert.severity, alert.status], ["temperature_excursion", "warning", "active"]);

const request = { alertId: alert.alertId, note: "moved to Fridge 2" };
const reply = await ask(demo.socket, "alert:acknowledge", request);
assert.equal(reply.ok, true, JSON.stringify(reply));
assert.equal(reply.alert.status, "acknowledged");
for (const { inbox } of [demo, colleague]) {
  assert.deepEqual(await inbox.next("alert:acknowledged"), reply.alert);
}
const again = await ask(colleague.socket, "alert:acknowledge", { alertId: alert.alertId });
assert.deepEqual(again, reply);

const wrong = await ask(demo.socket, "alert:acknowledge", { alertId: alert.alertId, extra: 1 });
assert.deepEqual([wrong.ok, wrong.error.code, wrong.error.field], [false, "invalid_payload", "extra"]);

// The rival's own reading is posted after all of that; whatever the rival was sent came before it.
await uplink("rival-webhook-secret", "A840410000000203", 3.25);
const own = await rival.inbox.next("sensor:readings:batch");
assert.equal(own.readings[0].temperature, 3.25);
const strays = rival.inbox.all.filter(
  ({ name, payload }) => name !== "stream:position" && payload.unitId !== own.unitId,
);
assert.deepEqual(strays, []);

for (const { socket } of [demo, colleague, rival]) socket.close();
console.log("flow complete");
