// What is around alerts and tiles: whose page it is, the connection, and the choices. Shows the form to sign in
// while nobody is.

import { described } from "./connection.js";
import { h, setAttribute, setText } from "./dom.js";
import { duration, timeOfDay, unitOf } from "./format.js";
import { openAlerts, statusCounts } from "./state.js";

const STATUS_WORDS = {
  alarm: "in alarm",
  excursion: "out of range",
  offline: "offline",
  restoring: "coming back",
  pending: "waiting",
  ok: "OK",
};

const one = (selector) => document.querySelector(selector);

export class Frame {
  #preferences;
  #session;
  #organization;
  #badge = one("#connection");
  #badgeText = one("#connection-text");
  #badgeDetail = one("#connection-detail");
  #summary = one("#summary");

  /** `hasClient` says whether the server gave us socket.io-client; `onChange()` is called after a choice. */
  constructor({ preferences, session, hasClient, onChange }) {
    this.#preferences = preferences;
    this.#session = session;
    one("#no-client").hidden = hasClient;
    const onClick = (selector, choose) =>
      one(selector).addEventListener("click", () => {
        choose();
        onChange();
      });
    onClick("#scale", () => preferences.toggleScale(this.#organization));
    onClick("#theme", () => preferences.nextTheme());
    one("#sign-out").addEventListener("click", () => session.signOut());
  }

  update(state, connection, now) {
    const user = this.#session.current?.user;
    this.#organization = state.organization;
    document.documentElement.dataset.view = user ? "dashboard" : "sign-in";
    setAttribute(document.documentElement, "data-theme", this.#preferences.theme);
    setText(one("#organization"), state.organization?.name);
    setText(one("#scale"), unitOf(this.#preferences.scale(state.organization)));
    setAttribute(one("#theme"), "aria-label", `Colours: ${this.#preferences.themeName}`);
    setAttribute(one("#theme"), "title", `Colours: ${this.#preferences.themeName}`);
    setAttribute(one("#sign-out"), "title", user && `Signed in as ${user.name}`);
    this.#updateConnection(connection, now);
    this.#updateSummary(state);
    document.title = title(state);
  }

  #updateConnection(connection, now) {
    const { phase, text, detail } = described(connection, { timeOfDay, duration, now });
    setAttribute(this.#badge, "data-phase", phase);
    setAttribute(document.documentElement, "data-stale", detail !== "");
    setText(this.#badgeText, text);
    setText(this.#badgeDetail, detail);
  }

  #updateSummary(state) {
    const counts = statusCounts(state);
    const texts = counts.map(([status, count]) => `${count} ${STATUS_WORDS[status] ?? status}`);
    if (this.#summary.dataset.shown === texts.join()) return;
    this.#summary.dataset.shown = texts.join();
    this.#summary.replaceChildren(
      ...counts.map(([status], index) => h("li", { "data-status": status }, texts[index])),
    );
  }
}

function title(state) {
  const open = openAlerts(state).length;
  const name = state.organization ? `${state.organization.name} · FreshTrack` : "FreshTrack";
  return open ? `(${open}) ${name}` : name;
}
