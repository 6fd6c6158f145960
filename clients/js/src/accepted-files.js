/**
 * Refuses a file that the deployment does not accept, before it is hashed and sent: an empty one, one that is too large, and
 * one of a type that no kind accepts. The API has the last word: what this module cannot tell is not refused.
 */

import { UNKNOWN_TYPE } from "./detect-type.js";
import { AirlockError } from "./errors.js";
import { formatSize } from "./format-size.js";
import { waitFor } from "./wait.js";

/** @import { Api } from "./api.js" */
/** @import { Kind } from "./types.js" */

const TIMEOUT_MS = 5_000;
/** A list that is older is read again before it refuses a file, because the deployment may have changed. */
const MAX_AGE_MS = 60_000;
/** The list is read again so long after a call that has failed. */
const RETRY_MS = 5 * 60_000;

/**
 * @typedef {{kinds: Kind[] | null, push: boolean, readAt: number}} KindList  `kinds` is null when the call has failed.
 */

export class AcceptedFiles {
  #api;
  /** The last call, one for all files. @type {Promise<KindList> | null} */
  #list = null;

  /** @param {Api} api */
  constructor(api) {
    this.#api = api;
  }

  /**
   * Throws AirlockError `size_too_small`, `file_too_large` or `content_type_not_allowed`, the codes of the API. Refuses no
   * file when the API does not list its kinds.
   * @param {File} file
   * @param {string} contentType  That the client declares.
   * @param {string} [kind]  Without one, a document gets the first kind that accepts its type.
   * @param {AbortSignal} [signal]
   */
  async check(file, contentType, kind, signal) {
    const type = stripParameters(contentType);
    if (!(await findRefusal(file, type, await waitFor(this.#getKinds(Infinity), signal), kind))) return;
    const refusal = await findRefusal(file, type, await waitFor(this.#getKinds(MAX_AGE_MS), signal), kind);
    if (refusal) throw refusal;
  }

  /**
   * Returns true if the API reports changes over a WebSocket.
   * @param {AbortSignal} [signal]
   */
  async hasPush(signal) {
    return (await waitFor(this.#getList(Infinity), signal)).push;
  }

  /**
   * Returns null when the API does not list its kinds.
   * @param {number} maxAge  Milliseconds.
   */
  async #getKinds(maxAge) {
    return (await this.#getList(maxAge)).kinds;
  }

  /** @param {number} maxAge  Milliseconds. */
  async #getList(maxAge) {
    const last = (this.#list ??= this.#readList());
    const list = await last;
    if (Date.now() - list.readAt <= (list.kinds ? maxAge : RETRY_MS)) return list;
    if (this.#list === last) this.#list = this.#readList();
    return this.#list;
  }

  /**
   * Throws AirlockError `sign_in_required`, because every other call would fail with it too.
   * @returns {Promise<KindList>}
   */
  async #readList() {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await this.#api.callOnce("GET", "/kinds", { signal }).catch((error) => {
      if (error.code !== "sign_in_required") return null;
      this.#list = null;
      throw error;
    });
    const kinds = response?.data?.kinds;
    return { kinds: Array.isArray(kinds) ? kinds : null, push: response?.data?.push === true, readAt: Date.now() };
  }
}

/**
 * Returns the error of a file that the kinds do not accept, or null.
 * @param {File} file
 * @param {string} type  That the client declares, without parameters.
 * @param {Kind[] | null} kinds
 * @param {string} [name]  Of the kind that the page has chosen.
 */
async function findRefusal(file, type, kinds, name) {
  if (!kinds) return null;
  if (file.size === 0) return createRefusal("size_too_small", "The file is empty.");
  const candidates = name === undefined ? kinds : kinds.filter((kind) => kind.name === name);
  if (candidates.length === 0) return null; // an unknown kind, which the API names
  const kind = candidates.find(({ contentTypes }) => contentTypes.includes(type));
  if (kind) return findSizeRefusal(file, kind);
  const detail = await describeForeignFile(type, file.name);
  return detail && createRefusal("content_type_not_allowed", detail);
}

/**
 * @param {File} file
 * @param {Kind} kind
 */
function findSizeRefusal({ size }, { minSize, maxSize }) {
  if (size < minSize) {
    return createRefusal("size_too_small", `The file has ${formatSize(size)}; at least ${formatSize(minSize)} are accepted.`);
  }
  if (size <= maxSize) return null;
  return createRefusal("file_too_large", `The file has ${formatSize(size)}; up to ${formatSize(maxSize)} are accepted.`);
}

/**
 * Returns null for a type of the browser's, which may be another name of an accepted one, and for a file name that the API
 * may clean to one with a known extension. The names are read when a file is refused, because most pages never need them;
 * without them, the API refuses the file.
 * @param {string} type
 * @param {string} fileName
 */
async function describeForeignFile(type, fileName) {
  if (type === UNKNOWN_TYPE) {
    return /^[^.]*$|\.[\w+-]+$/.test(fileName) ? "Files of an unknown type are not accepted." : null;
  }
  const names = await import("./type-names.js").catch(() => null);
  return names?.isKnownType(type) ? `The file is ${names.nameType(type)}, which is not accepted.` : null;
}

/** @param {string} contentType */
function stripParameters(contentType) {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

/**
 * @param {string} code
 * @param {string} detail
 */
function createRefusal(code, detail) {
  return new AirlockError({ code, detail });
}
