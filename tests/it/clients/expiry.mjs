// A page whose token ends while it is connected. Says `connected`, then what it was told at the end.
// Usage: node expiry.mjs URL TOKEN polling|websocket
import { io } from "socket.io-client";

const [url, token, transport] = process.argv.slice(2);
const socket = io(url, { auth: { token }, transports: [transport] });
const told = {};
// A server that forgets this page must fail the test, not hang it.
setTimeout(() => process.exit(1), 15_000).unref();
socket.on("connect", () => console.log("connected"));
socket.on("session:expiring", (payload) => (told.expiring = payload));
socket.on("session:expired", (payload) => (told.expired = payload));
socket.on("disconnect", (reason) => {
  // `active`: whether the client would come back by itself.
  console.log(JSON.stringify({ ...told, reason, active: socket.active }));
  socket.close();
});
