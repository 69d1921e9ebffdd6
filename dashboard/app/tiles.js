// The units as tiles, in the organization's order, so that each stays where people look for it.

import { setAttribute, setText, h, icon, showEach } from "./dom.js";
import { age, battery, degrees, limits, unitOf, words } from "./format.js";
import { Spark } from "./spark.js";

const STATUS_TEXTS = {
  pending: "Waiting",
  alarm: "Alarm",
  excursion: "Out of range",
  offline: "Offline",
  restoring: "Coming back",
  ok: "OK",
};
/** Kinds whose name is more than their code's words. */
const KIND_TEXTS = { walk_in_cooler: "Walk-in cooler", walk_in_freezer: "Walk-in freezer" };
/** From this charge or voltage down a battery is shown as low. */
const LOW_PERCENT = 20;
const LOW_VOLTS = 2.55;

export class Tiles {
  #list;
  #onShown;
  #screen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) this.#onShown(target.dataset.unit, isIntersecting);
  });

  /** `onShown(unitId, isShown)` is called as tiles come on the screen and leave it. */
  constructor(container, onShown) {
    this.#list = { container, views: new Map() };
    this.#onShown = onShown;
  }

  /** Shows the units of this state at `now`, in this scale. */
  update({ units, sites }, { now, scale }) {
    const names = sites.length > 1 ? new Map(sites.map((site) => [site.id, site.name])) : new Map();
    showEach(this.#list, units.values(), {
      key: (unit) => unit.id,
      create: (unit) => this.#observed(new Tile(unit.id)),
      context: { now, scale, siteName: (unit) => names.get(unit.siteId) },
    });
  }

  #observed(tile) {
    this.#screen.observe(tile.element);
    tile.closed = () => {
      this.#screen.unobserve(tile.element);
      this.#onShown(tile.element.dataset.unit, false);
    };
    return tile;
  }
}

class Tile {
  #name = h("h3", { class: "tile-name" });
  #about = h("p", { class: "tile-about" });
  #status = h("span", { class: "status-text" });
  #value = h("span", { class: "value" });
  #scale = h("span", { class: "scale" });
  #note = h("p", { class: "tile-note" });
  #spark = new Spark();
  #age = h("span", { class: "age" });
  #humidity = h("span");
  #door = h("span");
  #battery = h("span");
  #doorFact = h("span", { class: "fact" }, icon("door"), this.#door);
  #batteryFact = h("span", { class: "fact" }, icon("battery"), this.#battery);
  #humidityFact = h("span", { class: "fact" }, icon("humidity"), this.#humidity);

  constructor(unitId) {
    const status = h("span", { class: "status" }, h("span", { class: "lamp", "aria-hidden": "true" }), this.#status);
    const facts = h("div", { class: "facts" }, this.#doorFact, this.#humidityFact, this.#batteryFact);
    this.element = h(
      "article",
      { class: "tile", "data-unit": unitId },
      h("header", {}, this.#name, status, this.#about),
      h("div", { class: "reading" }, h("p", { class: "temperature" }, this.#value, this.#scale), this.#note),
      this.#spark.element,
      h("footer", {}, this.#age, facts),
    );
  }

  update(unit, { now, scale, siteName }) {
    const reading = unit.latestReading ?? undefined;
    setAttribute(this.element, "data-status", unit.status);
    setText(this.#name, unit.name);
    const about = [siteName(unit), KIND_TEXTS[unit.kind] ?? words(unit.kind), limits(unit.effectiveRule, scale)];
    setText(this.#about, about.filter(Boolean).join(" · "));
    setText(this.#status, STATUS_TEXTS[unit.status] ?? words(unit.status));
    setText(this.#value, reading?.temperature === undefined ? "–" : degrees(reading.temperature, scale));
    setText(this.#scale, reading?.temperature === undefined ? "" : unitOf(scale));
    setText(this.#note, reading?.fault && reading.temperature === undefined ? "The sensor reports an impossible value" : "");
    setText(this.#age, reading ? age(now - Date.parse(reading.timestamp)) : "No reading yet");
    this.#spark.update(unit, now);
    this.#updateFacts(unit, reading);
  }

  #updateFacts({ door }, reading) {
    setText(this.#door, door && (door.open ? "Door open" : "Closed"));
    setAttribute(this.#doorFact, "data-raised", door?.open);
    setText(this.#humidity, reading?.humidity === undefined ? "" : `${Math.round(reading.humidity)}\u00a0%`);
    setText(this.#battery, reading && battery(reading));
    setAttribute(this.#batteryFact, "data-raised", reading?.battery <= LOW_PERCENT || reading?.batteryVolts <= LOW_VOLTS);
    for (const [fact, text] of [
      [this.#doorFact, this.#door],
      [this.#humidityFact, this.#humidity],
      [this.#batteryFact, this.#battery],
    ]) {
      fact.hidden = text.hidden;
    }
  }
}
