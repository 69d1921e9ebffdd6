// node probe.mjs <url> <polling|websocket>
// Asks the example `probe` for everything it does, cuts its connections, and ends with `flow complete`.
import assert from "node:assert/strict";
import { io } from "client-4.8";

const [url, transport] = process.argv.slice(2);
const CUTS = 40;

let step = "start";
const deadline = setTimeout(() => {
  console.error(`no end of: ${step}`);
  process.exit(1);
}, 60_000);

const sockets = [];
const open = (auth, options = {}, namespace = "") => {
  const settings = { transports: [transport], forceNew: true, reconnectionDelay: 5, randomizationFactor: 0 };
  const socket = io(url + namespace, { ...settings, auth, ...options });
  sockets.push(socket);
  return socket;
};
const next = (socket, event) => {
  step = `${event} of ${socket.auth?.token}`;
  return new Promise((resolve) => socket.once(event, (...args) => resolve(args)));
};
const joined = async (auth, options, namespace) => {
  const socket = open(auth, options, namespace);
  await next(socket, "connect");
  return socket;
};
const ask = (socket, ...event) => {
  step = event[0];
  return socket.emitWithAck(...event);
};
const cut = (socket) => socket.io.engine.close();

const ann = await joined({ token: "ann" });
const bob = await joined({ token: "bob" });

// Rooms and data.
await ask(ann, "join", "kitchen");
await ask(ann, "set-data", "mood", "good");
await ask(bob, "join", "kitchen");
await ask(bob, "join", "cellar");
await ask(bob, "leave", "kitchen");
assert.deepEqual(await ask(ann, "state"), {
  id: ann.id, recovered: false, rooms: [ann.id, "kitchen"].sort(), data: { mood: "good" },
});
assert.deepEqual(await ask(ann, "fetch", "kitchen"), [{ id: ann.id, rooms: [ann.id, "kitchen"].sort() }]);

// Events end in an offset, but for volatile ones and those that are answered.
const got = (socket, event, count) => {
  const all = [];
  step = `${count} ${event}`;
  return new Promise((resolve) => socket.on(event, (...args) => {
    if (all.push(args) === count) resolve(all);
  }));
};
let events = got(ann, "counted", 3);
await ask(bob, "emit", { event: "counted", args: ["a"], rooms: ["kitchen", "cellar"], except: ["cellar"], times: 3, pad: 4 });
assert.deepEqual((await events).map((args) => args.slice(0, -1)), [0, 1, 2].map((n) => ["a", n, "xxxx"]));
events = Promise.all([next(ann, "all"), next(bob, "all")]);
await ask(bob, "emit", { event: "all" });
for (const args of await events) assert.equal(args.length, 1);
const blob = Buffer.from([0, 255]);
events = next(ann, "direct");
await ask(ann, "direct", { event: "direct", args: [blob] });
assert.deepEqual((await events)[0], blob);
events = next(ann, "now");
for (const again of [1, 2, 3]) {
  // A poll waits, or does not: one of them comes.
  await ask(bob, "emit", { event: "now", args: [again], volatile: true });
}
assert.equal((await events).length, 1);

// Answers.
ann.on("sum", (a, b, answer) => answer(a + b));
ann.on("bytes", (answer) => answer(blob));
bob.on("bytes", (answer) => answer("none"));
assert.deepEqual(await ask(ann, "ask", { event: "sum", args: [1, 2], timeoutMs: 3000 }), { value: 3 });
assert.deepEqual(await ask(ann, "ask", { event: "silence", timeoutMs: 20 }), { timedOut: true });
const asked = (rooms, event, timeoutMs) => ask(bob, "emit-ack", { event, rooms, timeoutMs });
const both = await asked(["kitchen", "cellar"], "bytes", 3000);
assert.deepEqual([both.timedOut, both.responses.sort()], [false, ["hex:00ff", "none"]]);
assert.deepEqual(await asked(["kitchen"], "silence", 20), { timedOut: true, responses: [] });

// Others are moved, refused and sent away.
await ask(bob, "sockets-join", "kitchen", "attic");
await ask(bob, "sockets-leave", "kitchen", "kitchen");
assert.deepEqual((await ask(ann, "state")).rooms, [ann.id, "attic"].sort());
events = next(ann, "error-back");
ann.emit("refused");
assert.equal((await events)[0], "refused");
const refused = async (auth) => {
  const socket = open(auth);
  const [{ message, data }] = await next(socket, "connect_error");
  socket.disconnect();
  return [message, data];
};
assert.deepEqual(await refused({ deny: "no", denyData: { a: 1 } }), ["no", { a: 1 }]);
assert.deepEqual(await refused({ deny: "no" }), ["no", undefined]);
const cid = await joined({ token: "cid" });
const dan = await joined({ token: "dan" });
const ids = [cid.id, dan.id];
await ask(cid, "join", "out");
events = Promise.all([next(cid, "disconnect"), next(dan, "disconnect")]);
await ask(bob, "disconnect-sockets", "out", true);
dan.emit("disconnect-me", false);
for (const [reason] of await events) assert.equal(reason, "io server disconnect");
const reasons = await ask(bob, "reasons");
for (const id of ids) assert.ok(reasons.some((one) => one.id === id && one.reason === "server namespace disconnect"));

// Other namespaces and paths, and what HTTP says.
const dynamic = open({}, {}, "/dyn-12");
assert.equal((await next(dynamic, "hello"))[0], "/dyn-12");
assert.equal((await next(open({}, {}, "/dyn-x"), "connect_error"))[0].message, "Invalid namespace");
await joined({}, { path: "/noupgrade/", transports: ["polling", "websocket"] });
await joined({}, { path: "/pollingonly/", transports: ["polling"] });
const handshake = (headers) => fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers });
const denied = await handshake({ "x-deny": "go away" });
assert.deepEqual([denied.status, await denied.json()], [403, { code: 4, message: "go away" }]);
const origins = async (origin) => (await handshake({ origin })).headers;
assert.equal((await origins("http://ok.test")).get("access-control-allow-origin"), "http://ok.test");
assert.equal((await origins("http://ok.test")).get("access-control-allow-credentials"), "true");
assert.equal((await origins("http://no.test")).get("access-control-allow-origin"), null);
assert.match((await handshake({})).headers.get("set-cookie"), /^io=/);

// Cut again and again, while things are told: everything once, in order, by the same socket.
const { id } = ann;
const heard = [];
ann.on("told", (number) => heard.push(number));
let told = 0;
const tell = async (count) => {
  for (const _ of Array(count)) await ask(bob, "emit", { event: "told", args: [told++], rooms: ["attic"] });
};
for (const _ of Array(CUTS)) {
  await tell(2);
  const back = next(ann, "connect");
  cut(ann);
  await tell(3);
  await back;
  assert.deepEqual([ann.recovered, ann.id], [true, id]);
}
await tell(1);
await ask(ann, "state");
assert.deepEqual(heard, Array.from({ length: told }, (_, number) => number));
const state = await ask(ann, "state");
assert.deepEqual(state, { id, recovered: true, rooms: [id, "attic"].sort(), data: { mood: "good" } });

// Who never got an event comes back too.
const eve = await joined({ token: "eve" });
for (const _ of Array(3)) {
  const [before, back] = [eve.id, next(eve, "connect")];
  cut(eve);
  await back;
  assert.deepEqual([eve.recovered, eve.id], [true, before]);
}

// After the window, and once revoked, nobody does.
eve.io.reconnectionDelay(2300);
eve.io.reconnectionDelayMax(2300);
eve.io.backoff.reset();
const late = next(eve, "connect");
const before = eve.id;
cut(eve);
await late;
assert.equal(eve.recovered, false);
assert.notEqual(eve.id, before);
const length = heard.length;
const end = next(ann, "connect_error");
await ask(bob, "revoke", "ann");
cut(ann);
await tell(1);
assert.equal((await end)[0].message, "revoked");
assert.equal(heard.length, length);

for (const socket of sockets) socket.disconnect();
clearTimeout(deadline);
console.log("flow complete");
process.exit(0);
