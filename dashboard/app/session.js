// Who is signed in: the tokens, kept for the next visit and shared by this browser's tabs.
//
// A refresh token may be exchanged once only, by whichever tab comes first: tabs take turns by a lock where the
// browser has one (it needs HTTPS or localhost), and each takes what another has stored in the meantime.

import { ApiError, request } from "./api.js";

const KEY = "freshtrack.session";
const LOCK = "freshtrack.refresh";

export class Session {
  /** `{accessToken, refreshToken, expiresAt, user}`, or `undefined`. */
  current;
  #storage;
  #renewing;
  #listeners = new Set();

  constructor(storage) {
    this.#storage = storage;
    this.current = this.#stored();
    globalThis.addEventListener?.("storage", (event) => {
      if (event.key === KEY || event.key === null) this.#adopt(this.#stored());
    });
  }

  /** Calls `listener` whenever somebody signs in or out, here or in another tab. */
  onChange(listener) {
    this.#listeners.add(listener);
  }

  async signIn(email, password) {
    this.#keep(await request("/auth/login", { method: "POST", body: { email, password } }));
  }

  async signOut() {
    const { refreshToken } = this.current ?? {};
    this.end();
    // The login ends here in any case; the server is told if it can be.
    if (refreshToken) await request("/auth/logout", { method: "POST", body: { refreshToken } }).catch(() => {});
  }

  /** Nobody is signed in any more. */
  end() {
    this.#storage.removeItem(KEY);
    this.#adopt(undefined);
  }

  /**
   * A session whose access token is not `spent`. Ends the session, and fails with the server's 401, if that
   * does not let it go on.
   */
  renewed(spent) {
    this.#renewing ??= exclusively(() => this.#renew(spent)).finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  async #renew(spent) {
    const latest = this.#stored();
    if (!latest) {
      this.end();
      throw new ApiError(401, { code: "unauthorized", detail: "You are signed out." });
    }
    if (latest.accessToken !== spent) {
      this.#adopt(latest);
      return latest;
    }
    const body = { refreshToken: latest.refreshToken };
    const next = await request("/auth/refresh", { method: "POST", body }).catch((error) => {
      if (error.status === 401) this.end();
      throw error;
    });
    this.#keep(next);
    return next;
  }

  #keep(session) {
    this.#storage.setItem(KEY, JSON.stringify(session));
    this.#adopt(session);
  }

  #adopt(session) {
    const before = this.current?.user.id;
    this.current = session;
    if (before !== session?.user.id) for (const listener of this.#listeners) listener();
  }

  #stored() {
    try {
      return JSON.parse(this.#storage.getItem(KEY)) ?? undefined;
    } catch {
      return undefined;
    }
  }
}

const exclusively = (work) => (globalThis.navigator?.locks ? navigator.locks.request(LOCK, work) : work());
