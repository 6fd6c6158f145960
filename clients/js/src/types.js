/** Types of the API, the client and its callers, for editors and `tsc --checkJs`; no code. */

/** @typedef {"pending" | "processing" | "ready" | "rejected" | "expired" | "aborted" | "failed" | "deleted"} Status */

/**
 * @typedef {object} AirlockDocument  Times are RFC 3339, sizes bytes, `sha256` lower-case hex.
 * @property {string} id
 * @property {string} fileName
 * @property {string} title
 * @property {string} kind
 * @property {Status} status
 * @property {string | null} reason  A code, when the document was rejected or has failed.
 * @property {number} size
 * @property {string | null} contentType  As detected from the bytes.
 * @property {string} declaredContentType
 * @property {string | null} sha256  Null above 5 GiB.
 * @property {Record<string, string>} metadata
 * @property {string} createdAt
 * @property {string} updatedAt
 * @property {string | null} expiresAt  Deadline of the upload, which URLs and parts extend, or of the restore of a
 *   deleted document.
 * @property {string} [duplicateOf]  Id of the document that had the same content when this one was checked.
 * @property {Step[]} steps  What has been checked or made, in order.
 * @property {Record<string, Rendition>} renditions  By name; `download` takes the name.
 * @property {string} etag  Changes with every change of the document; `ifMatch` of an update.
 * @property {{status: Status, at: string, reason?: string | null, changed?: string[], actor?: string | null}[]}
 *   history  An entry with `changed` is a change of these fields. `actor` is the `sub` of the user who asked for it.
 */

/**
 * @typedef {object} Kind  One sort of document that the deployment accepts. Sizes are bytes.
 * @property {string} name
 * @property {string[]} contentTypes
 * @property {string[]} extensions  Each with its dot.
 * @property {number} minSize
 * @property {number} maxSize
 * @property {("PUT" | "POST" | "MULTIPART")[]} methods
 * @property {string[]} steps  What a file passes before it is ready, in order.
 * @property {"keep" | "report" | "reject"} duplicates  What becomes of a file that the user has stored already.
 * @property {boolean} strictTypes  True if the bytes must have the declared content type.
 */

/**
 * @typedef {object} Kinds  What the deployment accepts. Without `kind`, an upload gets the first that accepts its type.
 * @property {Kind[]} kinds
 * @property {number} maxRequestSize  Maximum bytes of one PUT or form.
 * @property {{openUploads: number, storedBytes: number, dailyFiles: number, dailyBytes: number}} limits
 * @property {boolean} push  True if the API reports changes over a WebSocket.
 */

/** @typedef {{perSecond: number, burst: number}} RateLimit  `burst` at once after a pause, and `perSecond` sustained. */

/**
 * @typedef {object} Usage  The user's usage of the limits. Every create that has ended is counted. `remaining...` is never below 0.
 * @property {{bytes: number, maxBytes: number, remainingBytes: number}} stored  Open uploads and deleted documents count too.
 * @property {{count: number, maxCount: number, remainingCount: number}} openUploads  May be too high for up to an hour.
 * @property {UsageToday} today
 * @property {{creates: RateLimit, calls: RateLimit | null}} rates
 * @property {boolean} isBlocked  True if an operator has stopped the creates.
 */

/**
 * @typedef {object} UsageToday  Created files and their bytes, and the bytes of download URLs, since midnight UTC.
 * @property {number} files
 * @property {number} maxFiles
 * @property {number} remainingFiles
 * @property {number} bytes
 * @property {number} maxBytes
 * @property {number} remainingBytes
 * @property {number} downloadBytes  0 without a limit, because nothing is counted.
 * @property {number | null} maxDownloadBytes  Null without a limit.
 * @property {number | null} remainingDownloadBytes  Null without a limit.
 * @property {string} resetsAt  The next midnight UTC, RFC 3339.
 */

/**
 * @typedef {object} ListQuery
 * @property {Status} [status]  Without one, all documents that are not deleted.
 * @property {string} [kind]
 * @property {string} [nameContains]  Part of the file name or of the title, in upper or lower case.
 * @property {number} [limit]  1 to 100.
 * @property {string} [cursor]  The `nextCursor` of the previous page of the same list.
 */

/**
 * @typedef {object} DocumentList
 * @property {AirlockDocument[]} documents
 * @property {string | null} nextCursor  Null on the last page.
 * @property {boolean} incomplete  True if the search stopped early; `nextCursor` continues it, even if the page is empty.
 */

/**
 * @typedef {object} DocumentChanges  What is left out stays as it is.
 * @property {string} [fileName]  A title that equals the file name follows it.
 * @property {string | null} [title]  Null stands for the file name.
 * @property {Record<string, string | null>} [metadata]  Entries to replace, or with null to remove; others stay.
 */

/**
 * @typedef {object} Step  A step of the pipeline that has run. While a document is `processing`, one may be `waiting`.
 * @property {string} name
 * @property {"passed" | "rejected" | "waiting"} status
 * @property {string} at
 * @property {string} [detail]  A sentence of the step, for people.
 */

/**
 * @typedef {object} DocumentChange  A change of the status of a document, with its fields after the change.
 * @property {`document.${"created" | "restored" | "purged" | Exclude<Status, "pending">}`} type
 * @property {string} id
 * @property {string | null} actor  The `sub` of the user who asked for the change.
 * @property {string} kind
 * @property {Status | "purged"} status
 * @property {string | null} reason
 * @property {number} size
 * @property {string | null} contentType
 * @property {string | null} sha256
 * @property {Record<string, string>} metadata
 * @property {Record<string, Rendition>} renditions
 * @property {string} at
 * @property {number} sequence  Counts the changes of the document from 1.
 */

/**
 * @typedef {object} Rendition  An object that a step made of the document.
 * @property {string} contentType
 * @property {number} size  Bytes.
 * @property {string} sha256
 * @property {number} [width]  Pixels.
 * @property {number} [height]  Pixels.
 */

/**
 * @typedef {"preparing" | "locked" | "uploading" | "paused" | "waiting" | "completing" | "checking" |
 *   Status} UploadStatus
 *   `locked`: another tab is uploading the file; `waiting`: for the network or the next attempt; `completing`: S3
 *   assembles the parts; `checking`: the bytes have arrived, and the `steps` of the document say which one waits; then
 *   the final status of the document.
 */

/** @typedef {Promise<AirlockDocument> & {pause(): void, resume(): void, retry(): Upload}} Upload  See Airlock. */

/**
 * @typedef {object} UploadOptions
 * @property {string} [kind]
 * @property {string} [title]
 * @property {Record<string, string>} [metadata]
 * @property {(progress: {loaded: number, total: number}) => void} [onProgress]  Bytes; `loaded` decreases when bytes
 *   are sent again.
 * @property {(status: UploadStatus, document: AirlockDocument | null) => void} [onStatus]
 * @property {AbortSignal} [signal]  Cancels the transfer and aborts the document.
 * @property {"auto" | "always" | "never"} [checksum]  Whether S3 checks a SHA-256 of each part of a multipart upload.
 *   `auto`: where hashing is much faster than the connection was at the last upload. An upload in one request always
 *   has a checksum, and by default one of up to 64 MiB in parts.
 * @property {string} [idempotencyKey]  The key of an upload that failed, to continue it.
 */

/**
 * @typedef {{file: File, priority?: number} & UploadOptions} FileToUpload  One file of `uploadAll`. Those with a higher
 *   priority are sent first; the default is 0.
 */

/**
 * @typedef {object} DeleteResult
 * @property {string} id
 * @property {{code: string, detail: string, status: number}} [problem]  Missing if the document is deleted.
 */

/**
 * @typedef {object} ResumableUpload  An upload from this browser that can continue with its file.
 * @property {string} id  Id of the document.
 * @property {string} fileName
 * @property {number} size  Bytes.
 * @property {number} uploadedBytes
 */

/**
 * @typedef {object} Download  Anybody can use `url` until `expiresAt`.
 * @property {string} url
 * @property {string} expiresAt
 * @property {string} fileName
 * @property {number} size
 * @property {string} contentType
 * @property {string | null} sha256  Null above 5 GiB.
 * @property {boolean} needsRanges  True if the file is larger than a response can be: `fetchDocument` requests ranges of it.
 */

export {};
