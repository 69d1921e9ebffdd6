// What a socket has been sent, kept from the start, so that an event that comes early is not missed.

const DEADLINE_MS = 15_000;

/** Settles as `start(done, failed)` does, or fails after the deadline. */
export function within(awaited, start) {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`${awaited} did not come`)), DEADLINE_MS);
    const settle = (then) => (value) => {
      clearTimeout(timer);
      then(value);
    };
    start(settle(done), settle(failed));
  });
}

export class Inbox {
  /** Every event in order of arrival. */
  all = [];
  #taken = new Set();
  #wake = () => {};

  constructor(socket) {
    socket.onAny((name, payload) => {
      this.all.push({ name, payload });
      this.#wake();
    });
  }

  /** The payload of the first event of this name that was not asked for before. */
  next(name) {
    return within(name, (done) => {
      const look = () => {
        const found = this.all.find((event) => event.name === name && !this.#taken.has(event));
        if (!found) return;
        this.#taken.add(found);
        this.#wake = () => {};
        done(found.payload);
      };
      this.#wake = look;
      look();
    });
  }
}
