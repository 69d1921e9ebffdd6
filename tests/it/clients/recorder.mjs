// A page that stays, whatever happens to its connection, and writes down what its handlers got: one JSON array per
// line, ["event", name, id] or ["batch", unit, ids] or ["connect", recovered] or ["gap", reason]. Ends when its input
// does.
// Usage: node recorder.mjs URL TOKEN polling|websocket|default [UNIT ...]
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [url, token, choice, ...units] = process.argv.slice(2);
const transports = choice === "default" ? undefined : [choice];
const socket = io(url, {
  auth: { token },
  reconnectionDelay: 20,
  reconnectionDelayMax: 200,
  timeout: 3000,
  ...(transports && { transports }),
});
const write = (...line) => process.stdout.write(`${JSON.stringify(line)}\n`);

socket.on("connect", () => write("connect", socket.recovered));
// The client keeps what came before the answer to its CONNECT, also when the transport is cut in between, and would hand
// it out a second time after the next one, which brings it again: docs/realtime.md.
socket.io.on("open", () => {
  if (socket.receiveBuffer.length) write("forgotten", socket.receiveBuffer.length);
  socket.receiveBuffer = [];
});
socket.on("disconnect", (reason) => write("disconnect", reason));
socket.on("connect_error", (error) => error.data && write("refused", error.message));
socket.on("stream:gap", ({ reason }) => write("gap", reason));
socket.on("unit:status", ({ unitId, status, since }) => write("event", "unit:status", `${unitId} ${status} ${since}`));
for (const name of ["alert:triggered", "alert:updated", "alert:acknowledged", "alert:resolved"]) {
  socket.on(name, ({ alertId, version }) => write("event", name, `${alertId} ${version}`));
}
socket.on("sensor:readings:batch", ({ unitId, readings }) => write("batch", unitId, readings.map(({ id }) => id)));
socket.on("sensor:reading", ({ unitId, timestamp }) => write("newest", unitId, timestamp));

// What is followed changes all the time; the client repeats nothing of it after a recovery.
let turn = 0;
const changing = setInterval(() => {
  if (!units.length || !socket.connected) return;
  const unit = units[turn % units.length];
  const event = turn % 3 === 2 ? "unsubscribe:unit" : "subscribe:unit";
  turn += 1;
  socket.timeout(2000).emit(event, unit, () => {});
}, 300);

createInterface({ input: process.stdin }).on("close", () => {
  clearInterval(changing);
  socket.disconnect();
  write("end");
});
