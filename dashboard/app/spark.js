// The drawing of a unit's trend, and how long it reaches back.

import { h, setAttribute, setText, svg } from "./dom.js";
import { duration } from "./format.js";
import { VIEW_HEIGHT, VIEW_WIDTH, trend } from "./trend.js";

export class Spark {
  #limits = svg("path", { class: "spark-limit" });
  #line = svg("path", { class: "spark-line" });
  #dot = svg("circle", { class: "spark-dot", r: 3.5 });
  #picture = svg(
    "svg",
    { viewBox: `0 0 ${VIEW_WIDTH} ${VIEW_HEIGHT}`, role: "img" },
    this.#limits,
    this.#line,
    this.#dot,
  );
  #reach = h("span", { class: "spark-reach" });
  element = h("div", { class: "spark" }, this.#picture, this.#reach);

  /** Draws a unit's points as they stand at `now`. */
  update({ trend: points, effectiveRule }, now) {
    const drawn = trend(points, effectiveRule, now);
    setAttribute(this.element, "data-empty", drawn === undefined);
    if (!drawn) return setText(this.#reach, "");
    setAttribute(this.#line, "d", drawn.lines.join(""));
    setAttribute(this.#limits, "d", drawn.limits.map((height) => `M0 ${height}H${VIEW_WIDTH}`).join(""));
    setAttribute(this.#dot, "cx", drawn.last.x);
    setAttribute(this.#dot, "cy", drawn.last.y);
    setText(this.#reach, `last ${duration(drawn.windowMs)}`);
    setAttribute(this.#picture, "aria-label", `Temperature of the last ${duration(drawn.windowMs)}`);
  }
}
