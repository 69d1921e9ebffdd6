// node cuts.mjs <url> <polling|websocket|default> <cuts>
// A client of the example `probe` behind a proxy that cuts its connections whenever it likes, also while it comes back.
// Everything must be heard once and in order, by one socket. Ends with `flow complete`.
import assert from "node:assert/strict";
import net from "node:net";
import { setTimeout } from "node:timers/promises";
import { io } from "client-4.8";

const [url, transports, cuts] = process.argv.slice(2);
const { hostname, port } = new URL(url);

const heard = [];
let [told, returns] = [0, 0];
const deadline = globalThis.setTimeout(() => {
  console.error(`no end: told ${told}, heard ${heard.length}, returns ${returns}`);
  process.exit(1);
}, 60_000);

const connections = new Set();
const proxy = net.createServer((near) => {
  const far = net.connect(Number(port), hostname);
  const connection = [near, far];
  connections.add(connection);
  for (const [from, to] of [[near, far], [far, near]]) {
    from.pipe(to);
    from.on("error", () => {});
    from.on("close", () => {
      to.destroy();
      connections.delete(connection);
    });
  }
});
await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));

// One side hears of it at once, and sometimes only one.
const cut = () => {
  for (const [near, far] of connections) {
    if (Math.random() < 0.5) near.resetAndDestroy();
    else near.destroy();
    if (Math.random() < 0.5) far.resetAndDestroy();
  }
};

const options = { forceNew: true, reconnectionDelay: 1, reconnectionDelayMax: 20 };
const next = (socket, event) => new Promise((resolve) => socket.once(event, resolve));
const bob = io(url, { ...options, transports: ["websocket"], auth: { token: "bob" } });
const behind = transports === "default" ? {} : { transports: [transports] };
const ann = io(`http://127.0.0.1:${proxy.address().port}`, { ...options, ...behind, auth: { token: "ann" } });
await Promise.all([next(bob, "connect"), next(ann, "connect")]);
await ann.emitWithAck("join", "room");

const { id } = ann;
ann.on("told", (number) => heard.push(number));
ann.on("connect", () => {
  assert.deepEqual([ann.recovered, ann.id], [true, id]);
  returns += 1;
});

// The teller is not cut, but on a busy machine its pings may be late: then it does not know, and tells it again.
const unsure = new Set();
const tell = async (number) => {
  try {
    await bob.emitWithAck("emit", { event: "told", args: [number], rooms: ["room"], pad: 200 });
  } catch {
    unsure.add(number);
    if (!bob.connected) await next(bob, "connect");
    await tell(number);
  }
};

for (let done = 0; done < Number(cuts); done++) {
  const events = 1 + Math.floor(Math.random() * 4);
  for (const _ of Array(events)) {
    await tell(told++);
  }
  cut();
  // Mostly it may come back first; now and then it is cut while it does, and sometimes it lost nothing.
  const back = Promise.race([next(ann, "connect"), setTimeout(300)]);
  if (Math.random() < 0.8) await back;
}
// The answer comes after everything that was told before; the last cut may be heard of only now.
const state = async () => {
  try {
    return await ann.emitWithAck("state");
  } catch {
    return state();
  }
};
assert.deepEqual((await state()).rooms, [id, "room"].sort());
const once = heard.filter((number, at) => heard[at - 1] !== number || !unsure.has(number));
assert.deepEqual(once, Array.from({ length: told }, (_, number) => number));
assert.ok(returns > cuts / 4, `${returns}`);

clearTimeout(deadline);
console.log(`${cuts} cuts, ${returns} returns, ${told} events`);
console.log("flow complete");
process.exit(0);
