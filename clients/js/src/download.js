/**
 * Downloads a document of any size in ranges, as a Response like that of `fetch`.
 *
 *     import { fetchDocument } from "airlock-uploads/download";
 *     const response = await fetchDocument(airlock, id, { onProgress: ({ loaded, total }) => ... });
 *     const file = await (await showSaveFilePicker({ suggestedName: response.fileName })).createWritable();
 *     await response.body.pipeTo(file);
 *
 * Four ranges are on their way at a time, in memory until they are read, so that nothing is requested while the reader
 * waits. A range that breaks continues where it was, with another URL if its own has expired. CloudFront needs ranges
 * above 50 GB; below, a link to the URL of `Airlock.download` is enough for a file that the browser saves.
 */

import { DocumentResponse } from "./document-response.js";
import { DownloadUrls } from "./download-urls.js";
import { RangeReader } from "./range-reader.js";

/** @import { Airlock } from "./index.js" */
/** @import { Range } from "./range-reader.js" */
/** @import { Chunk } from "./range-request.js" */

/** Bytes of a range, and so of memory for each of those that are on their way. */
const RANGE_SIZE = 8 * 1024 ** 2;
const PARALLEL_RANGES = 4;

/**
 * @typedef {object} FetchDocumentOptions
 * @property {string} [rendition]
 * @property {(progress: {loaded: number, total: number}) => void} [onProgress]  Bytes that have arrived.
 * @property {AbortSignal} [signal]  Ends the download, also while the body is read.
 */

/**
 * Downloads a ready document, or one of its renditions. Resolves when its ranges are requested. The promise, or the
 * body, fails with an AirlockError or the reason of the signal. `body.cancel()` ends the download too.
 *
 * Each range is checked to be one of the same version, and the body has exactly the size of the document. Its SHA-256 is
 * not computed.
 * @param {Pick<Airlock, "download">} airlock
 * @param {string} id
 * @param {FetchDocumentOptions} [options]
 * @returns {Promise<DocumentResponse>}
 */
export async function fetchDocument(airlock, id, { rendition, onProgress, signal } = {}) {
  const stop = new AbortController();
  const running = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]);
  const request = () => airlock.download(id, { rendition, signal: running });
  const download = await request();
  running.throwIfAborted();
  const { size } = download;
  let loaded = 0;
  const onChunk = (/** @type {Chunk} */ { length }) => onProgress?.({ loaded: (loaded += length), total: size });
  const ranges = new RangeReader(new DownloadUrls(download, request), { size, stop, signal: running, onChunk });
  return new DocumentResponse(joinRanges(splitIntoRanges(size), ranges, stop), download, running);
}

/** @param {number} size @returns {Generator<Range, void, void>} */
function* splitIntoRanges(size) {
  for (let start = 0; start < size; start += RANGE_SIZE) yield { start, end: Math.min(start + RANGE_SIZE, size) };
}

/**
 * Returns the bytes of all ranges in order. When a range was read to its end, the next one is requested.
 * @param {Generator<Range, void, void>} ranges
 * @param {RangeReader} reader
 * @param {AbortController} stop  Ends all requests.
 * @returns {ReadableStream<Chunk>}
 */
function joinRanges(ranges, reader, stop) {
  const opened = /** @type {ReadableStreamDefaultReader<Chunk>[]} */ ([]);
  const openNext = () => {
    const { value } = ranges.next();
    if (value) opened.push(reader.open(value).getReader());
  };
  for (let i = 0; i < PARALLEL_RANGES; i++) openNext();
  return new ReadableStream({
    async pull(controller) {
      for (let first = opened[0]; first; first = opened[0]) {
        const { value } = await first.read();
        if (value) return controller.enqueue(value);
        opened.shift();
        openNext();
      }
      return controller.close();
    },
    cancel: (reason) => stop.abort(reason),
  });
}
