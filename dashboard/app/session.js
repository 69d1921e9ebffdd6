// Who is signed in: the tokens, kept for the next visit and shared by this browser's tabs.
//
// A refresh token may be exchanged once only, by whichever tab comes first: tabs take turns by a lock where the
// browser has one (it needs HTTPS or localhost), and each takes what another has kept in the meantime.

import { ApiError, request } from "./api.js";

const LOCK = "freshtrack.refresh";

export class Session {
  /** `{accessToken, refreshToken, expiresAt, user}`, or `undefined`. */
  current;
  #vault;
  #renewing;
  #listener = () => {};

  /** Goes on with what `vault` has kept. */
  static async open(vault) {
    const session = new Session();
    session.#vault = vault;
    session.current = await vault.read();
    vault.onWritten(async () => session.#adopt(await vault.read()));
    return session;
  }

  /** Calls `listener` whenever somebody signs in or out, here or in another tab. */
  onChange(listener) {
    this.#listener = listener;
  }

  async signIn(email, password) {
    await this.#keep(await request("/auth/login", { method: "POST", body: { email, password } }));
  }

  async signOut() {
    const { refreshToken } = this.current ?? {};
    await this.end();
    // The login ends here in any case; the server is told if it can be.
    if (refreshToken) await request("/auth/logout", { method: "POST", body: { refreshToken } }).catch(() => {});
  }

  /** Nobody is signed in any more. */
  end() {
    return this.#keep(undefined);
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
    const latest = await this.#vault.read();
    if (!latest || latest.accessToken !== spent) {
      this.#adopt(latest);
      if (latest) return latest;
      throw new ApiError(401, { code: "unauthorized", detail: "You are signed out." });
    }
    const body = { refreshToken: latest.refreshToken };
    const next = await request("/auth/refresh", { method: "POST", body }).catch(async (error) => {
      if (error.status === 401) await this.end();
      throw error;
    });
    await this.#keep(next);
    return next;
  }

  async #keep(session) {
    await this.#vault.write(session);
    this.#adopt(session);
  }

  #adopt(session) {
    const before = this.current?.user.id;
    this.current = session;
    if (before !== session?.user.id) this.#listener();
  }
}

const exclusively = (work) => (globalThis.navigator?.locks ? navigator.locks.request(LOCK, work) : work());
