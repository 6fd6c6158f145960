/** Runs in a Worker of its own: takes one blob after the other and answers its SHA-256, null when it is unreadable. */

import { sha256 } from "./bytes.js";

globalThis.onmessage = async (/** @type {MessageEvent<Blob>} */ { data }) => {
  globalThis.postMessage({ sha256: await sha256(data).catch(() => null) });
};
