// node flow.mjs <url> <client version> <polling|websocket|default> <json|msgpack>
// Checks each step and ends with `flow complete`; whatever fails ends with an error.
import assert from "node:assert/strict";

const [url, version, transports, parser] = process.argv.slice(2);
const { io } = await import(`client-${version}`);

const options = { auth: { room: "flow" }, reconnection: false };
if (transports !== "default") options.transports = [transports];
if (parser === "msgpack") options.parser = (await import("socket.io-msgpack-parser")).default;

let step = "connect";
const deadline = setTimeout(() => {
  console.error(`no ${step}`);
  process.exit(1);
}, 10_000);

const next = (socket, event) => {
  step = `${socket.nsp} ${event}`;
  return new Promise((resolve) => socket.once(event, (...args) => resolve(args)));
};
const ask = (socket, ...event) => {
  step = `ack of ${event[0]}`;
  return new Promise((resolve) => socket.emit(...event, resolve));
};

const socket = io(url, options);
const upgraded = new Promise((resolve) => {
  if (transports !== "default") return resolve();
  socket.on("connect", () => {
    if (socket.io.engine.transport.name === "websocket") return resolve();
    socket.io.engine.on("upgrade", resolve);
  });
});
const [[auth]] = await Promise.all([next(socket, "welcome"), next(socket, "connect")]);
assert.deepEqual(auth, { room: "flow" });

const blob = Buffer.from([0, 1, 255]);
const values = ["text é", 1, -1, 1.5, 3_000_000_000, true, null, { nested: [{ blob }] }, blob];
for (const round of ["before", "after"]) {
  socket.emit("echo", round, ...values);
  assert.deepEqual(await next(socket, "back"), [round, ...values]);
  await upgraded;
}
if (transports === "default") assert.equal(socket.io.engine.transport.name, "websocket");

assert.equal(await ask(socket, "ask", 7), 7);
assert.deepEqual(await ask(socket, "ask", blob), blob);

socket.once("question", (what, answer) => answer(what.number + 1, blob));
socket.emit("ask-me", { number: 1 });
assert.deepEqual(await next(socket, "answered"), [2, blob]);

const date = new Date(1_700_000_000_123);
socket.emit("echo", date, undefined);
assert.deepEqual(await next(socket, "back"), [date.toISOString(), null]);

const custom = socket.io.socket("/custom");
assert.deepEqual(await next(custom, "hello"), ["/custom"]);
const nobody = socket.io.socket("/nobody");
const [error] = await next(nobody, "connect_error");
assert.equal(error.message, "Invalid namespace");

const big = "x".repeat(300_000);
assert.equal(await ask(socket, "ask", big), big);

socket.emit("leave", false);
const [last, [reason]] = await Promise.all([next(socket, "last"), next(socket, "disconnect")]);
assert.deepEqual(last, [0]);
assert.equal(reason, "io server disconnect");
custom.emit("echo", "still here");
assert.deepEqual(await next(custom, "back"), ["still here"]);
custom.disconnect();
nobody.disconnect();

clearTimeout(deadline);
console.log("flow complete");
