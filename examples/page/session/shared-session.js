/**
 * The session of the user, shared by all tabs of the page. It is kept in `sessionStorage`, and a new tab receives it from
 * an open one, so that it ends with the last tab.
 */

const NAME = "airlock.session";
/**
 * @typedef {object} Session
 * @property {string} name
 * @property {string} accessToken
 * @property {string} refreshToken
 * @property {number} expiresAt  Milliseconds since 1970.
 */

export class SharedSession {
  #channel = new BroadcastChannel(NAME);
  /** @type {Session | null} */
  #session = JSON.parse(sessionStorage.getItem(NAME) ?? "null");
  #onChange;

  /** @param {() => void} onChange  Called when another tab has signed in or out, or has renewed the session. */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#channel.onmessage = ({ data }) => this.#receive(data);
    if (!this.#session) this.#channel.postMessage({ type: "request" });
  }

  /** Null for a user who is not signed in. */
  get value() {
    return this.#session;
  }

  /** Replaces the session of all tabs; null signs the user out of them. @param {Session | null} session */
  replace(session) {
    this.#store(session);
    this.#channel.postMessage({ type: "session", session });
  }

  /** Removes a session that has ended from this tab. The others notice it by themselves. */
  remove() {
    this.#store(null);
  }

  /** @param {{type: "request"} | {type: "session", session: Session | null}} message  Of another tab. */
  #receive(message) {
    if (message.type === "request") {
      if (this.#session) this.#channel.postMessage({ type: "session", session: this.#session });
      return;
    }
    if (message.session?.accessToken === this.#session?.accessToken) return;
    this.#store(message.session);
    this.#onChange();
  }

  /** @param {Session | null} session */
  #store(session) {
    this.#session = session;
    if (session) sessionStorage.setItem(NAME, JSON.stringify(session));
    else sessionStorage.removeItem(NAME);
  }
}
