import assert from "node:assert/strict";
import test from "node:test";
import { EMPTY, POINTS_PER_UNIT, apply, clearedAlerts, fromSnapshot, openAlerts, statusCounts, withReadings } from "../app/state.js";

const time = (seconds) => new Date(Date.UTC(2026, 4, 1, 12) + seconds * 1000).toISOString();
const UNIT = { id: "fridge", siteId: "site", name: "Fridge 1", status: "ok", statusSince: time(0), primaryDeviceId: "probe", latestReading: null };
const reading = (seconds, temperature, more) => ({ deviceId: "probe", temperature, timestamp: time(seconds), ...more });
const alert = (version, more) => ({ alertId: "a", version, unitId: "fridge", severity: "warning", status: "active", triggeredAt: time(10), suppressed: false, ...more });
const snapshot = ({ unit, alerts = [], organization = { id: "org" } } = {}) =>
  fromSnapshot({ organization, sites: [], units: [{ ...UNIT, ...unit }], alerts });
const batch = (...readings) => ({ name: "sensor:readings:batch", payload: { unitId: "fridge", readings } });
const play = (state, ...events) => events.reduce(apply, state);
const fridge = (state) => state.units.get("fridge");

test("the newest reading of the primary sensor is shown, whatever comes in between", () => {
  const at20 = snapshot({ unit: { latestReading: reading(20, 3, { id: "b" }) } });
  for (const [name, event, expected] of [
    ["newer", batch(reading(30, 4)), 4],
    ["two in one batch", batch(reading(30, 4), reading(40, 5)), 5],
    ["older than the snapshot", batch(reading(10, 4)), 3],
    ["the snapshot's own", batch(reading(20, 4, { id: "b" })), 3],
    ["of the same time, come earlier", batch(reading(20, 4, { id: "a" })), 3],
    ["of the same time, come later", batch(reading(20, 4, { id: "c" })), 4],
    ["late", batch(reading(30, 4, { late: true })), 3],
    ["a test button's", batch(reading(30, 4, { simulated: true })), 3],
    ["another sensor's", batch(reading(30, 4, { deviceId: "other" })), 3],
    ["a fault", batch(reading(30, undefined, { fault: true })), undefined],
  ]) {
    assert.equal(fridge(apply(at20, event)).latestReading.temperature, expected, name);
  }
});

test("what changes nothing gives the same state", () => {
  const state = play(snapshot({ unit: { latestReading: reading(20, 3) } }), { name: "alert:triggered", payload: alert(2) });
  for (const event of [
    batch(reading(20, 3)),
    { name: "sensor:readings:batch", payload: { unitId: "unknown", readings: [reading(30, 4)] } },
    { name: "alert:triggered", payload: alert(1) },
    { name: "unit:status", payload: { unitId: "fridge", status: "ok", since: time(5) } },
    { name: "presence:update", payload: {} },
  ]) {
    assert.equal(apply(state, event), state, JSON.stringify(event));
  }
});

test("the trend is in time order, holds one hour, and no moment twice", () => {
  const live = play(snapshot(), batch(reading(0, 1)), batch(reading(60, 2)));
  const points = (state) => fridge(state).trend.map((point) => point.celsius);
  assert.deepEqual(points(live), [1, 2]);
  const withPast = withReadings(live, "fridge", [reading(-60, 0), reading(30, 1.5), reading(60, 9)]);
  assert.deepEqual(points(withPast), [0, 1, 1.5, 2]);
  assert.deepEqual(points(apply(withPast, batch(reading(3600, 3)))), [1, 1.5, 2, 3]);
});

test("the trend is bounded", () => {
  const many = Array.from({ length: POINTS_PER_UNIT + 10 }, (_, index) => reading(index / 10, index));
  const { trend } = fridge(withReadings(snapshot(), "fridge", many));
  assert.deepEqual([trend.length, trend[0].celsius], [POINTS_PER_UNIT, 10]);
});

test("a door is shown as its contact told last", () => {
  const contact = (seconds, doorOpen) => batch({ deviceId: "contact", doorOpen, timestamp: time(seconds) });
  const opened = apply(snapshot(), contact(10, true));
  assert.deepEqual(fridge(opened).door.open, true);
  assert.deepEqual(fridge(apply(opened, contact(5, false))).door.open, true);
  assert.deepEqual(fridge(apply(opened, contact(20, false))).door.open, false);
});

test("a status counts unless it is older than what is known", () => {
  const at20 = snapshot({ unit: { status: "excursion", statusSince: time(20) } });
  const status = (since, status) => ({ name: "unit:status", payload: { unitId: "fridge", status, since: time(since) } });
  assert.equal(fridge(apply(at20, status(10, "ok"))).status, "excursion");
  assert.equal(fridge(apply(at20, status(20, "alarm"))).status, "alarm");
  assert.equal(fridge(apply(at20, status(30, "ok"))).statusSince, time(30));
});

test("alerts count by version, and are open until they are resolved", () => {
  const open = (state) => openAlerts(state).map(({ version }) => version);
  const state = snapshot({ alerts: [alert(2)] });
  assert.deepEqual(open(apply(state, { name: "alert:acknowledged", payload: alert(3, { status: "acknowledged" }) })), [3]);
  assert.deepEqual(open(apply(state, { name: "alert:triggered", payload: alert(1) })), [2]);
  const over = { name: "alert:resolved", payload: alert(3, { status: "resolved", resolvedAt: time(60) }) };
  const resolved = apply(state, over);
  assert.deepEqual(open(resolved), []);
  assert.deepEqual(open(apply(resolved, { name: "alert:updated", payload: alert(2) })), [], "an older event does not open it again");
  assert.deepEqual(open(apply(state, { name: "alert:updated", payload: alert(3, { suppressed: true }) })), []);
});

test("open alerts are in order of urgency", () => {
  const alerts = [
    alert(1, { alertId: "taken", severity: "critical", status: "acknowledged" }),
    alert(1, { alertId: "old", triggeredAt: time(1) }),
    alert(1, { alertId: "new", triggeredAt: time(2) }),
    alert(1, { alertId: "critical", severity: "critical", triggeredAt: time(0) }),
  ];
  assert.deepEqual(openAlerts(snapshot({ alerts })).map(({ alertId }) => alertId), ["critical", "new", "old", "taken"]);
});

test("what is over is shown for a while, the newest first, and a bounded number is kept", () => {
  const over = (second) => ({ name: "alert:resolved", payload: alert(2, { alertId: `a${second}`, status: "resolved", resolvedAt: time(second) }) });
  const state = play(snapshot(), ...Array.from({ length: 30 }, (_, second) => over(second)));
  const shown = clearedAlerts(state, Date.parse(time(30)), 3500);
  assert.deepEqual(shown.map(({ alertId }) => alertId), ["a29", "a28", "a27"]);
  assert.equal(state.alerts.size, 20);
});

test("a snapshot replaces what it knows and keeps what it does not", () => {
  const before = play(snapshot(), batch(reading(10, 4), { deviceId: "contact", doorOpen: true, timestamp: time(10) }), {
    name: "alert:triggered",
    payload: alert(1),
  });
  const again = { sites: [], units: [{ ...UNIT, latestReading: reading(20, 5) }], alerts: [] };
  const after = fromSnapshot({ organization: { id: "org" }, ...again }, before);
  assert.deepEqual(fridge(after).trend.map((point) => point.celsius), [4, 5]);
  assert.equal(fridge(after).door.open, true);
  assert.deepEqual(openAlerts(after), [], "resolved while the page was away");
  const other = fromSnapshot({ organization: { id: "other" }, ...again }, before);
  assert.deepEqual(fridge(other).trend.map((point) => point.celsius), [5], "nothing of another organization");
});

test("statuses are counted, the worst first", () => {
  const unit = (id, status) => ({ ...UNIT, id, status });
  const units = [unit("a", "ok"), unit("b", "alarm"), unit("c", "ok")];
  assert.deepEqual(statusCounts(fromSnapshot({ organization: {}, sites: [], units, alerts: [] })), [["alarm", 1], ["ok", 2]]);
  assert.deepEqual(statusCounts(EMPTY), []);
});
