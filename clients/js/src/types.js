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
 * @property {string | null} expiresAt  Until when the bytes must arrive, or what is deleted can be restored.
 * @property {{status: Status, at: string, reason?: string | null}[]} history
 */

/**
 * @typedef {"preparing" | "elsewhere" | "uploading" | "paused" | "waiting" | "completing" | "checking" |
 *   Status} UploadStatus
 *   `elsewhere`: another tab is at it; `waiting`: for the network or the next try; `completing`: S3 has all parts and
 *   makes one object of them; `checking`: it is there; then the document's own final status.
 */

/** @typedef {Promise<AirlockDocument> & {pause(): void, resume(): void}} Upload */

/**
 * @typedef {object} UploadOptions
 * @property {string} [kind]
 * @property {string} [title]
 * @property {Record<string, string>} [metadata]
 * @property {(progress: {loaded: number, total: number}) => void} [onProgress]  Bytes; `loaded` falls on a new try.
 * @property {(status: UploadStatus, document: AirlockDocument | null) => void} [onStatus]
 * @property {AbortSignal} [signal]  Stops the transfer and aborts the document.
 * @property {"auto" | "always" | "never"} [checksum]  Whether S3 checks a SHA-256 of each part, for a file in parts.
 *   `auto`: where hashing is much faster than the line was at the last upload. A single request always has one.
 * @property {string} [idempotencyKey]  To go on with an upload that failed, give the key of its first try.
 */

/**
 * @typedef {object} UnfinishedUpload  One that was begun in this browser, and that its file would let go on.
 * @property {string} id  Of the document.
 * @property {string} fileName
 * @property {number} size  Bytes.
 * @property {number} uploaded  Bytes that are there.
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
