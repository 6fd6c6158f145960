/**
 * React hooks and components on the upload client, without a style of their own.
 *
 *     const airlock = new Airlock({ endpoint, getToken });
 *
 *     function Files() {
 *       const upload = useUpload(airlock, { kind: "photo" });
 *       return <><Dropzone onFiles={upload.add}>Drop files here</Dropzone><UploadList queue={upload} /></>;
 *     }
 *
 * The components are accessible: a drop zone is a button that opens the file dialog, and each change of a status is
 * announced. `airlock-uploads/react.css` is a theme that can be replaced. Works with React 18 and 19, and on a server, where
 * nothing is uploaded.
 */

import {
  createElement as h,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { readDroppedFiles } from "./dropped-files.js";
import { describeError } from "./messages.js";
import { canPause, describeUpload } from "./upload-messages.js";
import { UploadQueue } from "./upload-queue.js";

/** @import { Airlock, AirlockDocument, ListQuery } from "./index.js" */
/** @import { QueuedUpload, QueueOptions, QueueSnapshot } from "./upload-queue.js" */
/** @import { ReactNode } from "react" */

/**
 * @typedef {object} UploadHook  The uploads of a component, and the commands of its queue.
 * @property {QueueSnapshot["uploads"]} uploads
 * @property {QueueSnapshot["progress"]} progress
 * @property {(files: Iterable<File>) => number[]} add
 * @property {(id?: number) => void} pause
 * @property {(id?: number) => void} resume
 * @property {(id?: number) => void} retry
 * @property {(id?: number) => void} cancel
 * @property {(id?: number) => void} remove
 */

/** @type {QueueSnapshot} */
const EMPTY = {
  uploads: [],
  progress: { loaded: 0, total: 0, bytesPerSecond: 0, secondsLeft: null, finished: 0, ready: 0, failed: 0 },
};

/**
 * Returns the uploads of this component. They go on when it is unmounted; `cancel()` ends them.
 * @param {Airlock} airlock
 * @param {QueueOptions & {concurrency?: number, onDocument?: (document: AirlockDocument) => void}} [options]  Those of the
 *   last render hold for files that are added later.
 * @returns {UploadHook}
 */
export function useUpload(airlock, options = {}) {
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const { concurrency } = options;
  const queue = useMemo(
    () => new UploadQueue(airlock, { concurrency, onDocument: (document) => latest.current.onDocument?.(document) }),
    [airlock, concurrency],
  );
  const subscribe = useCallback((/** @type {() => void} */ listener) => queue.subscribe(listener), [queue]);
  const { uploads, progress } = useSyncExternalStore(subscribe, () => queue.getSnapshot(), () => EMPTY);
  const commands = useMemo(() => createCommands(queue, latest), [queue]);
  return { uploads, progress, ...commands };
}

/**
 * @param {UploadQueue} queue
 * @param {{current: QueueOptions & {concurrency?: number, onDocument?: unknown}}} latest
 */
function createCommands(queue, latest) {
  return {
    add: (/** @type {Iterable<File>} */ files) => {
      const { kind, title, metadata, checksum, priority } = latest.current;
      return queue.add(files, { kind, title, metadata, checksum, priority });
    },
    pause: (/** @type {number | undefined} */ id) => queue.pause(id),
    resume: (/** @type {number | undefined} */ id) => queue.resume(id),
    retry: (/** @type {number | undefined} */ id) => queue.retry(id),
    cancel: (/** @type {number | undefined} */ id) => queue.cancel(id),
    remove: (/** @type {number | undefined} */ id) => queue.remove(id),
  };
}

/**
 * Returns the user's documents, newest first. `loadMore` reads the next page, unless a page is being read, and `reload`
 * begins again.
 * @param {Airlock} airlock
 * @param {Omit<ListQuery, "cursor">} [query]
 */
export function useDocuments(airlock, query = {}) {
  const { status, kind, nameContains, limit } = query;
  const [documents, setDocuments] = useState(/** @type {AirlockDocument[]} */ ([]));
  const [cursor, setCursor] = useState(/** @type {string | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [isLoading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  const running = useRef(/** @type {AbortController | null} */ (null));
  const load = useCallback(
    async (/** @type {string | undefined} */ next) => {
      const controller = (running.current = new AbortController());
      const { signal } = controller;
      setLoading(true);
      if (!next) setCursor(null); // of another list
      try {
        const page = await airlock.list({ status, kind, nameContains, limit, cursor: next, signal });
        if (signal.aborted) return;
        setDocuments((earlier) => (next ? [...earlier, ...page.documents] : page.documents));
        setCursor(page.nextCursor);
        setError(null);
      } catch (failure) {
        if (!signal.aborted) setError(failure);
      } finally {
        if (running.current === controller) running.current = null;
        if (!signal.aborted) setLoading(false);
      }
    },
    [airlock, status, kind, nameContains, limit],
  );
  useEffect(() => {
    load(undefined);
    return () => running.current?.abort();
  }, [load, turn]);
  const loadMore = useCallback(() => {
    if (cursor && !running.current) load(cursor);
  }, [cursor, load]);
  const reload = useCallback(() => setTurn((last) => last + 1), []);
  return { documents, error, isLoading, hasMore: cursor !== null, loadMore, reload };
}

/**
 * A button that opens the file dialog, and on which files and folders can be dropped. It says which of them cannot be read.
 * @param {object} props
 * @param {(files: File[]) => void} props.onFiles
 * @param {string} [props.accept]  As of an `input`.
 * @param {boolean} [props.multiple]
 * @param {boolean} [props.disabled]
 * @param {string} [props.className]
 * @param {ReactNode} [props.children]
 */
export function Dropzone({ onFiles, accept, multiple = true, disabled = false, className = "airlock-dropzone", children }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [isOver, setOver] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const take = (/** @type {File[]} */ files) => {
    if (!disabled && files.length > 0) onFiles(multiple ? files : files.slice(0, 1));
  };
  const onDrop = async (/** @type {import("react").DragEvent} */ event) => {
    event.preventDefault();
    setOver(false);
    setError(null);
    take(await readDroppedFiles(event.dataTransfer, disabled ? undefined : setError));
  };
  const onChange = (/** @type {import("react").ChangeEvent<HTMLInputElement>} */ event) => {
    take([...(event.target.files ?? [])]);
    event.target.value = ""; // so that the same file can be chosen again
  };
  const events = {
    onClick: () => input.current?.click(),
    onDragOver: (/** @type {import("react").DragEvent} */ event) => {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop,
  };
  const hidden = { ref: input, type: "file", accept, multiple, hidden: true, onChange };
  return h(
    "div",
    { className },
    h("button", { type: "button", disabled, "data-over": isOver || undefined, ...events }, children ?? "Choose files"),
    h("input", hidden),
    error && h("p", { role: "alert" }, describeError(error)),
  );
}

/**
 * A list of the uploads, with their progress and the buttons of their state.
 * @param {object} props
 * @param {UploadHook} props.queue
 * @param {string} [props.className]
 */
export function UploadList({ queue, className = "airlock-uploads" }) {
  if (queue.uploads.length === 0) return null;
  return h("ul", { className }, queue.uploads.map((upload) => h(UploadRow, { key: upload.id, upload, queue })));
}

/** @param {{upload: QueuedUpload, queue: UploadHook}} props */
function UploadRow({ upload, queue }) {
  const { id, file, status, loaded, isFinished, canCancel, canRetry } = upload;
  const label = useId();
  const button = (/** @type {string} */ verb, /** @type {() => void} */ onClick) =>
    h("button", { type: "button", onClick, "aria-label": `${verb} ${file.name}` }, verb);
  const isPaused = status === "paused";
  return h(
    "li",
    { "data-status": status },
    h("span", { id: label, className: "airlock-name", title: file.name }, file.name),
    h("progress", { "aria-labelledby": label, max: Math.max(file.size, 1), value: status === "ready" ? file.size : loaded }),
    h("span", { role: "status", className: "airlock-state" }, describeUpload(upload)),
    canPause(upload) && button(isPaused ? "Resume" : "Pause", () => (isPaused ? queue.resume(id) : queue.pause(id))),
    canRetry && button("Retry", () => queue.retry(id)),
    canCancel && button("Cancel", () => queue.cancel(id)),
    isFinished && button("Dismiss", () => queue.remove(id)),
  );
}
