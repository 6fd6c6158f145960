/** The contenders, as a page runs them: each sends one file to the same bucket and tells how long it took. */

/**
 * @typedef {object} Where
 * @property {string} api
 * @property {string} token
 * @property {string} signer  Signs for Uppy.
 * @property {string} uppy  The text of Uppy's module.
 */

/** @typedef {{seconds: number, heap: number}} Result  `heap`: JavaScript's memory at its highest, in bytes. */

/**
 * Gets ready before the clock starts; then sends a file, and returns a function that waits for the document.
 * @typedef {(where: Where, options: any) => Promise<(file: File) => Promise<() => Promise<void>>>} Contender
 */

const CONTENDERS = { airlock, raw, uppy };
const MOVING = ["pending", "processing"];

/**
 * The clock runs until S3 has made the object; what happens to it then is waited for, but not counted.
 * @param {string} name
 * @param {File} file
 * @param {Where} where
 * @param {any} options
 * @returns {Promise<Result>}
 */
export async function run(name, file, where, options) {
  const send = await CONTENDERS[name](where, options);
  const heap = watchedHeap();
  const start = performance.now();
  const settled = await send(file);
  const seconds = (performance.now() - start) / 1000;
  const highest = heap();
  await settled();
  return { seconds, heap: highest };
}

/** @type {Contender} */
async function airlock({ api, token }, options) {
  const { Airlock } = await import(new URL("/airlock/index.js", location.href).href);
  const client = new Airlock({ endpoint: api, getToken: async () => token });
  return async (file) => {
    /** @type {Promise<any> | undefined} */
    let upload;
    await new Promise((resolve, reject) => {
      const onStatus = (/** @type {string} */ status) => status === "checking" && resolve(null);
      upload = client.upload(file, { ...options, onStatus });
      upload?.catch(reject);
    });
    return async () => mustBeReady(await upload);
  };
}

/**
 * The least that brings the same bytes to the same place: no hashing, no retry, no progress.
 * @type {Contender}
 */
async function raw({ api, token }, { parallel }) {
  const call = async (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return (await sent(api + path, { method, headers, body: JSON.stringify(body) })).json();
  };
  return async (file) => {
    const about = { fileName: file.name, size: file.size, contentType: file.type, method: "MULTIPART" };
    const { document, upload } = await call("POST", "/documents", about);
    const parts = [...upload.parts];
    const line = async () => {
      for (let part = parts.shift(); part; part = parts.shift()) {
        const start = (part.partNumber - 1) * upload.partSize;
        await sent(part.url, { method: "PUT", headers: part.headers, body: file.slice(start, start + part.size) });
      }
    };
    await Promise.all(Array.from({ length: parallel }, line));
    await call("POST", `/documents/${document.id}/complete`, {});
    return async () => {
      let found = document;
      while (MOVING.includes(found.status)) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        found = await call("GET", `/documents/${document.id}`);
      }
      mustBeReady(found);
    };
  };
}

/**
 * Without `chunkSize` (bytes), Uppy's own.
 * @type {Contender}
 */
async function uppy({ signer, uppy }, { key, chunkSize }) {
  const { default: Uppy, AwsS3 } = await import(URL.createObjectURL(new Blob([uppy], { type: "text/javascript" })));
  const client = new Uppy();
  const signRequest = async (/** @type {Record<string, any>} */ request) => {
    const given = Object.entries(request).filter(([, value]) => value !== undefined);
    return (await sent(`${signer}/?${new URLSearchParams(given)}`)).json();
  };
  const chunks = chunkSize ? { getChunkSize: () => chunkSize } : {};
  client.use(AwsS3, { signRequest, generateObjectKey: () => key, ...chunks });
  return async (file) => {
    client.addFile({ name: file.name, type: file.type, data: file });
    const { failed } = await client.upload();
    if (failed.length) throw new Error(`Uppy failed: ${failed[0].error}`);
    return async () => client.destroy();
  };
}

/**
 * @param {string} url
 * @param {RequestInit} [request]
 */
async function sent(url, request) {
  const response = await fetch(url, request);
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return response;
}

/** @param {{status: string, reason: string | null}} document */
function mustBeReady({ status, reason }) {
  if (status !== "ready") throw new Error(`The document is ${status}: ${reason}`);
}

/** Starts to look; the function it returns ends that and tells the highest. */
function watchedHeap() {
  let highest = 0;
  const look = () => (highest = Math.max(highest, /** @type {any} */ (performance).memory.usedJSHeapSize));
  const timer = setInterval(look, 100);
  return () => {
    look();
    clearInterval(timer);
    return highest;
  };
}
