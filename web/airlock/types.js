/** The shapes that travel between the API, the client and its caller; only types, for editors and `tsc --checkJs`. */

/** @typedef {"pending" | "processing" | "ready" | "rejected" | "expired" | "aborted" | "failed" | "deleted"} Status */

/**
 * @typedef {object} AirlockDocument  Times are RFC 3339, sizes bytes, `sha256` lower-case hex.
 * @property {string} id
 * @property {string} fileName
 * @property {string} title
 * @property {string} kind
 * @property {Status} status
 * @property {string | null} reason  A code, when it was rejected or has failed.
 * @property {number} size
 * @property {string | null} contentType  As detected from the bytes.
 * @property {string} declaredContentType
 * @property {string | null} sha256
 * @property {Record<string, string>} metadata
 * @property {string} createdAt
 * @property {string} updatedAt
 * @property {string | null} expiresAt
 * @property {{status: Status, at: string, reason?: string | null}[]} history
 */

/**
 * @typedef {"preparing" | "uploading" | "waiting" | "checking" | Status} UploadStatus  `waiting`: for the network or
 *   the next try; `checking`: the bytes are there; then the document's own final status.
 */

/**
 * @typedef {object} UploadOptions
 * @property {string} [kind]
 * @property {string} [title]
 * @property {Record<string, string>} [metadata]
 * @property {(progress: {loaded: number, total: number}) => void} [onProgress]  Bytes; `loaded` falls on a new try.
 * @property {(status: UploadStatus, document: AirlockDocument | null) => void} [onStatus]
 * @property {AbortSignal} [signal]  Stops the transfer and aborts the document.
 * @property {string} [idempotencyKey]  To go on with an upload that failed, give the key of its first try.
 */

/**
 * @typedef {object} Download  `url` works for anybody until `expiresAt`.
 * @property {string} url
 * @property {string} expiresAt
 * @property {string} fileName
 * @property {number} size
 * @property {string} contentType
 * @property {string} sha256
 */

export {};
