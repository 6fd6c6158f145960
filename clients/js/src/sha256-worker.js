/** Entry of the hashing worker: receives a blob, and posts its SHA-256, or null when the blob is unreadable. */

import { sha256 } from "./bytes.js";

globalThis.onmessage = async (/** @type {MessageEvent<Blob>} */ { data }) => {
  globalThis.postMessage({ sha256: await sha256(data).catch(() => null) });
};
