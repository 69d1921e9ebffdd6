// The last hour of the units that are on the screen, from `GET /units/{id}/readings`: REST -> [history] -> feed.
// Bounds: AT_ONCE units at a time, PAGES pages of 1,000 readings each.

const HOUR = 60 * 60 * 1000;
const AT_ONCE = 4;
const PAGES = 4;

export class History {
  #api;
  #feed;
  #now;
  #shown = new Set();
  #asked = new Set();
  #running = 0;

  constructor({ api, feed, now }) {
    this.#api = api;
    this.#feed = feed;
    this.#now = now;
  }

  /** A unit is on the screen, or has left it. */
  show(unitId, isShown) {
    if (isShown) this.#shown.add(unitId);
    else this.#shown.delete(unitId);
    this.#next();
  }

  /** Everything is asked for again: there may be a hole. */
  restart() {
    this.#asked.clear();
    this.#next();
  }

  #next() {
    for (const unitId of this.#shown) {
      if (this.#running >= AT_ONCE) return;
      if (this.#asked.has(unitId) || !this.#feed.state.units.has(unitId)) continue;
      this.#asked.add(unitId);
      this.#running += 1;
      this.#read(unitId)
        // Without it the trend begins with the next reading; the connection's state is told elsewhere.
        .catch(() => {})
        .finally(() => {
          this.#running -= 1;
          this.#next();
        });
    }
  }

  async #read(unitId) {
    const query = new URLSearchParams({ from: new Date(this.#now() - HOUR).toISOString(), limit: 1000 });
    for (let page = 0; page < PAGES; page += 1) {
      const { items, nextCursor } = await this.#api(`/units/${unitId}/readings?${query}`);
      this.#feed.remember(unitId, items);
      if (!nextCursor) return;
      query.set("cursor", nextCursor);
    }
  }
}
