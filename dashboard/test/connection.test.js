import assert from "node:assert/strict";
import test from "node:test";
import { Phase, START, described, moved } from "../app/connection.js";

test("what is shown is stale from the moment the connection was last live", () => {
  const { connecting, live, reconnecting, draining, polling } = Phase;
  for (const [name, phases, staleSince] of [
    ["never live", [reconnecting], undefined],
    ["live", [live], undefined],
    ["cut", [live, reconnecting], 2],
    ["cut for long", [live, reconnecting, connecting, reconnecting], 2],
    ["back", [live, reconnecting, live], undefined],
    ["a server that stops still sends", [live, draining], undefined],
    ["and then is gone", [live, draining, reconnecting], 3],
    ["read every now and then", [polling, polling], 2],
  ]) {
    const end = phases.reduce((connection, phase, index) => moved(connection, phase, index + 1), START);
    assert.deepEqual([end.phase, end.staleSince], [phases.at(-1), staleSince], name);
  }
});

test("the badge says since when", () => {
  const words = { timeOfDay: (at) => `@${at}`, duration: (length) => `${length} ms`, now: 50 };
  const told = (connection) => Object.values(described(connection, words)).join("|");
  assert.equal(told({ phase: Phase.live }), "live|Live|");
  assert.equal(told({ phase: Phase.reconnecting, staleSince: 20 }), "reconnecting|Reconnecting|stale since @20 (30 ms)");
});
