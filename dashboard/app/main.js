// Puts the page together: session -> realtime -> feed -> tiles and alerts. Draws once per frame at most, and each
// second, as ages tick.

import { Alerts } from "./alerts.js";
import { authorized } from "./api.js";
import { Feed } from "./feed.js";
import { Frame } from "./frame.js";
import { History } from "./history.js";
import { Preferences } from "./preferences.js";
import { Realtime } from "./realtime.js";
import { Session } from "./session.js";
import { SignIn } from "./sign_in.js";
import { Tiles } from "./tiles.js";
import { Vault } from "./vault.js";

const TICK_MS = 1000;
const MAY_ACKNOWLEDGE = new Set(["owner", "admin", "manager", "staff"]);

const one = (selector) => document.querySelector(selector);
/** The server's client bundle; absent where the server was built without it. */
const io = globalThis.io;

const preferences = new Preferences(localStorage);
const session = await Session.open(await Vault.open());
const api = authorized(session);
const feed = new Feed({ load: () => api("/snapshot"), onChange: draw });
const realtime = new Realtime({ io, session, feed, onChange: draw, onSnapshot: () => history.restart() });
const history = new History({ api, feed, now: () => realtime.now() });
const tiles = new Tiles(one("#tiles"), (unitId, isShown) => history.show(unitId, isShown));
const lists = { calm: one("#calm"), open: one("#open-alerts"), cleared: one("#cleared-alerts") };
const alerts = new Alerts(lists, acknowledge);
const frame = new Frame({ preferences, session, hasClient: io !== undefined, onChange: draw });
new SignIn(one("#sign-in"), session);

async function acknowledge(alertId, note) {
  const alert = await api(`/alerts/${alertId}/acknowledge`, { method: "POST", body: note ? { note } : {} });
  feed.receive({ name: "alert:acknowledged", payload: alert });
}

let isDrawing = false;

function draw() {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    const { state } = feed;
    const context = {
      now: realtime.now(),
      scale: preferences.scale(state.organization),
      mayAcknowledge: MAY_ACKNOWLEDGE.has(session.current?.user.role),
    };
    frame.update(state, realtime.connection, context.now);
    alerts.update(state, context);
    tiles.update(state, context);
  });
}

function follow() {
  realtime.stop();
  feed.clear();
  if (session.current) realtime.start();
  draw();
}

session.onChange(follow);
setInterval(draw, TICK_MS);
follow();
