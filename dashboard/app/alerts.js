// The open alerts, the most urgent first, to be taken on; below them what has just cleared.

import { h, icon, setAttribute, setText, showEach } from "./dom.js";
import { alertFigures, alertTitle, duration, timeOfDay, words } from "./format.js";
import { clearedAlerts, openAlerts } from "./state.js";

/** How long an alert that is over stays in sight. */
const CLEARED_MS = 10 * 60 * 1000;
/** As the server has it, characters. */
const MAX_NOTE = 1000;

export class Alerts {
  #calm;
  #open;
  #cleared;
  #acknowledge;

  /** `acknowledge(alertId, note)` is called when somebody takes an alert on; it fails with words for people. */
  constructor({ calm, open, cleared }, acknowledge) {
    this.#calm = calm;
    this.#open = { container: open, views: new Map() };
    this.#cleared = { container: cleared, views: new Map() };
    this.#acknowledge = acknowledge;
  }

  /** Shows the alerts of this state; `mayAcknowledge` says whether there is a button. */
  update(state, context) {
    const open = openAlerts(state);
    const key = (alert) => alert.alertId;
    const shared = { ...context, unitOf: (alert) => state.units.get(alert.unitId) };
    this.#calm.hidden = open.length > 0;
    showEach(this.#open, open, { key, create: () => new OpenAlert(this.#acknowledge), context: shared });
    const cleared = clearedAlerts(state, context.now, CLEARED_MS);
    showEach(this.#cleared, cleared, { key, create: () => new ClearedAlert(), context: shared });
  }
}

class OpenAlert {
  #alertId;
  #title = h("h3");
  #severity = h("span", { class: "severity" });
  #figures = h("p", { class: "figures" });
  #since = h("p", { class: "since" });
  #taken = h("p", { class: "taken" });
  #failure = h("p", { class: "failure", role: "alert" });
  #note = h("input", { name: "note", maxlength: MAX_NOTE, placeholder: "Note (optional)", "aria-label": "Note" });
  #button = h("button", { class: "primary" }, "Acknowledge");
  #form = h("form", {}, this.#note, this.#button);

  constructor(acknowledge) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(acknowledge);
    });
    const heading = h("header", {}, this.#title, this.#severity);
    const told = h("div", { class: "told" }, heading, this.#figures, this.#since, this.#taken);
    this.element = h("li", { class: "alert" }, icon("warning"), told, this.#form, this.#failure);
    setText(this.#failure);
  }

  update(alert, { now, scale, mayAcknowledge, unitOf }) {
    this.#alertId = alert.alertId;
    setAttribute(this.element, "data-severity", alert.severity);
    setAttribute(this.element, "data-status", alert.status);
    const unit = unitOf(alert);
    setText(this.#title, alertTitle(alert, unit));
    setText(this.#severity, words(alert.severity));
    setText(this.#figures, alertFigures(alert, unit, scale));
    const began = Date.parse(alert.triggeredAt);
    setText(this.#since, `since ${timeOfDay(began)} (${duration(now - began)})`);
    setText(this.#taken, takenOn(alert));
    this.#form.hidden = alert.status !== "active" || !mayAcknowledge;
  }

  async #submit(acknowledge) {
    this.#button.disabled = true;
    setText(this.#failure);
    try {
      await acknowledge(this.#alertId, this.#note.value.trim());
    } catch (error) {
      setText(this.#failure, error.message);
    } finally {
      this.#button.disabled = false;
    }
  }
}

function takenOn({ status, acknowledgedBy, acknowledgedAt, note }) {
  if (status !== "acknowledged") return "";
  const by = acknowledgedBy ? ` by ${acknowledgedBy.name}` : "";
  return `Acknowledged${by} at ${timeOfDay(Date.parse(acknowledgedAt))}${note ? `: “${note}”` : ""}`;
}

class ClearedAlert {
  element = h("li");

  update(alert, { now, unitOf }) {
    const length = duration(Date.parse(alert.resolvedAt) - Date.parse(alert.triggeredAt));
    const ago = duration(now - Date.parse(alert.resolvedAt));
    setText(this.element, `${alertTitle(alert, unitOf(alert))} for ${length}, cleared ${ago} ago`);
  }
}
