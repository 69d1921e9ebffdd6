// The live connection: socket.io-client -> [realtime] -> feed. Loads the snapshot whenever the server could not
// replay what was missed, exchanges the token before it ends, and tells where the connection stands.

import { Phase, START, moved } from "./connection.js";

const EVENTS = [
  "sensor:readings:batch",
  "unit:status",
  "alert:triggered",
  "alert:updated",
  "alert:acknowledged",
  "alert:resolved",
];
/** The token is exchanged this long before its end: before the server's own warning, a minute ahead. */
const RENEW_AHEAD_MS = 90_000;
const RETRY_MS = 2000;
const ANSWER_MS = 5000;
/** How often the snapshot is read where there is no client for the live connection. */
const POLL_MS = 15_000;
/** Changes of an organization come in groups: they are read together. */
const SETTLE_MS = 300;
/** As `Manager` has it. */
const RECONNECTION_DELAY_MS = 1000;

export class Realtime {
  connection = START;
  /** Server time less this browser's, ms. */
  skew = 0;
  #io;
  #session;
  #feed;
  #onChange;
  #onSnapshot;
  #socket;
  /** What a start began; another after each stop, so that what is under way can tell. */
  #run;
  #presented;
  #timers = new Map();

  /**
   * `io` is socket.io-client's function, or `undefined` where the server has none to give; `onChange()` is
   * called when the connection moves, `onSnapshot()` after each snapshot.
   */
  constructor({ io, session, feed, onChange, onSnapshot }) {
    this.#io = io;
    this.#session = session;
    this.#feed = feed;
    this.#onChange = onChange;
    this.#onSnapshot = onSnapshot;
  }

  /** The server's time, ms. */
  now() {
    return Date.now() + this.skew;
  }

  start() {
    this.connection = START;
    this.#run = {};
    if (this.#io) this.#open();
    else this.#poll();
  }

  #open() {
    const socket = this.#io({ auth: (present) => present({ token: this.#token() }), forceNew: true });
    this.#socket = socket;
    for (const name of EVENTS) socket.on(name, (payload) => this.#feed.receive({ name, payload }));
    // What came before the answer to a CONNECT that was cut comes again with the next one.
    socket.io.on("open", () => (socket.receiveBuffer = []));
    socket.on("connect", () => this.#connected());
    socket.on("disconnect", (reason) => this.#disconnected(reason));
    socket.on("connect_error", (error) => this.#refused(error));
    socket.on("stream:gap", () => this.#load());
    socket.on("data:updated", () => this.#after("load", SETTLE_MS, () => this.#load()));
    socket.on("session:expiring", () => this.#renew(this.#presented));
    socket.on("session:expired", ({ reason }) => reason !== "expired" && this.#session.end());
    socket.on("server:draining", ({ reconnectAfterMs }) => {
      socket.io.reconnectionDelay(reconnectAfterMs);
      this.#move(Phase.draining);
    });
  }

  stop() {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#run = undefined;
    this.#socket?.off();
    this.#socket?.disconnect();
    this.#socket = undefined;
  }

  #token() {
    this.#presented = this.#session.current?.accessToken;
    return this.#presented;
  }

  #connected() {
    this.#socket.io.reconnectionDelay(RECONNECTION_DELAY_MS);
    if (this.#socket.recovered) return this.#move(Phase.live);
    return this.#load();
  }

  #disconnected(reason) {
    this.#move(Phase.reconnecting);
    // The client comes back by itself from everything but the server's own word.
    if (reason === "io server disconnect") this.#reconnect();
  }

  #refused(error) {
    this.#move(Phase.reconnecting);
    if (this.#socket.active) return;
    if (error.data?.code === "invalid_token") this.#reconnect();
    else this.#after("connect", RETRY_MS, () => this.#socket.connect());
  }

  /** With another token than the one that the server did not accept any more. */
  async #reconnect() {
    const run = this.#run;
    try {
      await this.#session.renewed(this.#presented);
      if (run === this.#run) this.#socket.connect();
    } catch {
      if (run === this.#run) this.#after("connect", RETRY_MS, () => this.#reconnect());
    }
  }

  async #load() {
    const run = this.#run;
    try {
      const snapshot = await this.#feed.reload();
      if (!snapshot || run !== this.#run) return;
      this.skew = Date.parse(snapshot.serverTime) - Date.now();
      if (!this.#io) this.#move(Phase.polling);
      else if (this.#socket.connected) this.#move(Phase.live);
      this.#renewInTime();
      this.#onSnapshot();
    } catch {
      if (run === this.#run) this.#after("load", RETRY_MS, () => this.#load());
    }
  }

  #renewInTime() {
    const { accessToken, expiresAt } = this.#session.current;
    const left = Date.parse(expiresAt) - this.now();
    this.#after("renew", Math.max(left - RENEW_AHEAD_MS, left / 2, RETRY_MS), () => this.#renew(accessToken));
  }

  /** The connection goes on with the new token; a server that cannot exchange it asks for it at the old one's end. */
  async #renew(spent) {
    const run = this.#run;
    try {
      const { accessToken } = await this.#session.renewed(spent);
      if (run !== this.#run) return;
      this.#renewInTime();
      if (!this.#socket?.connected) return;
      const reply = await this.#socket.timeout(ANSWER_MS).emitWithAck("auth:refresh", { token: accessToken });
      if (reply.ok) this.#presented = accessToken;
    } catch {
      if (run === this.#run) this.#after("renew", RETRY_MS, () => this.#renew(spent));
    }
  }

  async #poll() {
    const run = this.#run;
    await this.#load();
    if (run === this.#run) this.#after("load", POLL_MS, () => this.#poll());
  }

  #after(name, delay, work) {
    clearTimeout(this.#timers.get(name));
    this.#timers.set(name, setTimeout(work, delay));
  }

  #move(phase) {
    this.connection = moved(this.connection, phase, this.now());
    this.#onChange();
  }
}
