// What this browser's user has chosen to see. Kept for the next visit.

import { Scale } from "./format.js";

const KEY = "freshtrack.preferences";
/** `undefined` follows the system. */
const THEMES = [undefined, "light", "dark"];
const THEME_NAMES = new Map([
  [undefined, "automatic"],
  ["light", "light"],
  ["dark", "dark"],
]);

export class Preferences {
  #storage;
  #chosen;

  constructor(storage) {
    this.#storage = storage;
    try {
      this.#chosen = JSON.parse(storage.getItem(KEY)) ?? {};
    } catch {
      this.#chosen = {};
    }
  }

  /** The chosen scale, else the organization's. */
  scale(organization) {
    return this.#chosen.scale ?? organization?.temperatureUnit ?? Scale.celsius;
  }

  toggleScale(organization) {
    const isCelsius = this.scale(organization) === Scale.celsius;
    this.#keep({ scale: isCelsius ? Scale.fahrenheit : Scale.celsius });
  }

  get theme() {
    return THEMES.includes(this.#chosen.theme) ? this.#chosen.theme : undefined;
  }

  get themeName() {
    return THEME_NAMES.get(this.theme);
  }

  nextTheme() {
    this.#keep({ theme: THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] });
  }

  #keep(change) {
    this.#chosen = { ...this.#chosen, ...change };
    this.#storage.setItem(KEY, JSON.stringify(this.#chosen));
  }
}
