import assert from "node:assert/strict";
import test from "node:test";
import { Feed, WAITING } from "../app/feed.js";

const UNIT = { id: "fridge", status: "ok", statusSince: "2026-05-01T12:00:00.000Z", latestReading: null };
const reading = (second, temperature) => ({ temperature, timestamp: `2026-05-01T12:00:${second}.000Z` });
const batch = (...readings) => ({ name: "sensor:readings:batch", payload: { unitId: "fridge", readings } });
const snapshot = (latestReading) => ({ organization: { id: "org" }, sites: [], units: [{ ...UNIT, latestReading }], alerts: [] });
const shown = (feed) => feed.state.units.get("fridge")?.latestReading?.temperature;

/** A feed whose loads are answered by hand. */
function fed() {
  const loads = [];
  const load = () => new Promise((answer, fail) => loads.push({ answer, fail }));
  const changes = [];
  const feed = new Feed({ load, onChange: () => changes.push(shown(feed)) });
  return { feed, loads, changes };
}

test("events that come while a snapshot loads count after it, if they are newer", async () => {
  const { feed, loads, changes } = fed();
  const loading = feed.reload();
  feed.receive(batch(reading(10, 1)));
  feed.receive(batch(reading(30, 3)));
  assert.equal(shown(feed), undefined);
  loads[0].answer(snapshot(reading(20, 2)));
  await loading;
  assert.deepEqual(changes, [3]);
  feed.receive(batch(reading(40, 4)));
  assert.deepEqual(changes, [3, 4]);
});

test("of two loads the later one counts", async () => {
  const { feed, loads } = fed();
  const [first, second] = [feed.reload(), feed.reload()];
  loads[1].answer(snapshot(reading(20, 2)));
  await second;
  loads[0].answer(snapshot(reading(10, 1)));
  assert.equal(await first, undefined);
  assert.equal(shown(feed), 2);
});

test("a load that fails leaves the events waiting for the next", async () => {
  const { feed, loads } = fed();
  const failing = feed.reload();
  feed.receive(batch(reading(30, 3)));
  loads[0].fail(new Error("unreachable"));
  await assert.rejects(failing, /unreachable/);
  const next = feed.reload();
  loads[1].answer(snapshot(reading(20, 2)));
  await next;
  assert.equal(shown(feed), 3);
});

test("more events than may wait cost another snapshot", async () => {
  const { feed, loads } = fed();
  const loading = feed.reload();
  for (let count = 0; count <= WAITING; count += 1) feed.receive(batch(reading(10, 1)));
  loads[0].answer(snapshot(null));
  await new Promise(setImmediate);
  assert.equal(loads.length, 2);
  loads[1].answer(snapshot(reading(20, 2)));
  await loading;
  assert.equal(shown(feed), 2);
});

test("a load that is under way when somebody signs out shows nothing", async () => {
  const { feed, loads } = fed();
  const loading = feed.reload();
  feed.clear();
  loads[0].answer(snapshot(reading(20, 2)));
  assert.equal(await loading, undefined);
  assert.equal(shown(feed), undefined);
});
