/**
 * A queue whose members are admitted as soon as there is room for the first of them: those with a higher priority first,
 * and equal ones in the order in which they came.
 */

/** @template T */
export class AdmissionQueue {
  #hasRoom;
  #onAdmit;
  /** @type {{member: T, priority: number, admit: () => void}[]} */
  #waiting = [];

  /**
   * @param {(member: T) => boolean} hasRoom
   * @param {(member: T) => void} onAdmit  Takes the room.
   */
  constructor(hasRoom, onAdmit) {
    this.#hasRoom = hasRoom;
    this.#onAdmit = onAdmit;
  }

  /**
   * Resolves when the member is admitted.
   * @param {T} member
   * @param {AbortSignal} signal  Ends the wait; rejects with its reason.
   * @param {number} [priority]
   * @returns {Promise<void>}
   */
  enter(member, signal, priority = 0) {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        signal.removeEventListener("abort", cancel);
      };
      const cancel = () => {
        leave();
        reject(signal.reason);
        this.admit();
      };
      const admit = () => {
        leave();
        this.#onAdmit(member);
        resolve();
      };
      const entry = { member, priority, admit };
      const after = this.#waiting.findLastIndex((other) => other.priority >= priority);
      this.#waiting.splice(after + 1, 0, entry);
      signal.addEventListener("abort", cancel);
      this.admit();
    });
  }

  /** Admits those for whom there is room now. */
  admit() {
    for (let first = this.#waiting[0]; first && this.#hasRoom(first.member); first = this.#waiting[0]) first.admit();
  }
}
