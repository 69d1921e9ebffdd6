// From snapshot and events to one state, without a hole between them: events are kept while a snapshot loads,
// then those that are newer count. Knows neither socket nor page, so that it is tested without them.
// Bound: WAITING events; over it they are dropped, and the snapshot is asked for once more.

import { apply, EMPTY, fromSnapshot, withReadings } from "./state.js";

/** Some seconds of a large organization. */
export const WAITING = 5000;

export class Feed {
  state = EMPTY;
  #load;
  #onChange;
  #waiting;
  #overflowed = false;
  #loads = 0;

  /** `load()` gets a snapshot; `onChange()` is called after each change of `state`. */
  constructor({ load, onChange }) {
    this.#load = load;
    this.#onChange = onChange;
  }

  /** Takes an event. */
  receive(event) {
    if (!this.#waiting) return this.#become(apply(this.state, event));
    if (this.#waiting.length < WAITING) this.#waiting.push(event);
    else this.#overflowed = true;
  }

  /** Takes readings of the past. */
  remember(unitId, readings) {
    this.#become(withReadings(this.state, unitId, readings));
  }

  /**
   * Starts from a new snapshot. The answer, or `undefined` if a later call has overtaken this one; fails as
   * `load` does, and goes on keeping events then, as only a snapshot can close the hole.
   */
  async reload() {
    this.#waiting ??= [];
    const turn = ++this.#loads;
    const snapshot = await this.#load();
    if (turn !== this.#loads) return undefined;
    if (this.#overflowed) {
      this.#overflowed = false;
      this.#waiting = [];
      return this.reload();
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#become(waiting.reduce(apply, fromSnapshot(snapshot, this.state)));
    return snapshot;
  }

  /** Forgets everything: somebody else signs in. A load that is under way counts no more. */
  clear() {
    this.#loads += 1;
    this.#waiting = undefined;
    this.#overflowed = false;
    this.#become(EMPTY);
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.#onChange();
  }
}
