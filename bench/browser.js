/** The contenders of the upload benchmark, run in a page: each sends one file to the same bucket and measures it. */

/**
 * @typedef {object} Environment
 * @property {string} api
 * @property {string} token
 * @property {string} signer  URL of the service that signs for Uppy.
 * @property {string} uppy  Source of Uppy's module.
 */

/** @typedef {{seconds: number, heap: number}} Result  `heap` is the maximum size of the JavaScript heap in bytes. */

/** @typedef {() => Promise<void>} Wait  Waits until the document is ready. */

/**
 * Prepares an upload, which is not measured. The function it returns sends the file.
 * @typedef {(environment: Environment, options: any) => Promise<(file: File) => Promise<Wait>>} Contender
 */

/** @type {Record<string, Contender>} */
const CONTENDERS = { airlock: uploadWithAirlock, raw: uploadRaw, uppy: uploadWithUppy };
const IN_PROGRESS = ["pending", "processing"];
const POLL_INTERVAL_MS = 250;
const HEAP_INTERVAL_MS = 100;

/**
 * Measures until S3 has created the object. The checks that follow are awaited, but not measured.
 * @param {string} name
 * @param {File} file
 * @param {Environment} environment
 * @param {any} options
 * @returns {Promise<Result>}
 */
export async function run(name, file, environment, options) {
  const contender = CONTENDERS[name];
  if (!contender) throw new Error(`There is no contender ${name}.`);
  const send = await contender(environment, options);
  const stopWatching = watchHeap();
  const startedAt = performance.now();
  const waitForDocument = await send(file);
  const seconds = (performance.now() - startedAt) / 1000;
  const heap = stopWatching();
  await waitForDocument();
  return { seconds, heap };
}

/** @type {Contender} */
async function uploadWithAirlock({ api, token }, options) {
  const { Airlock } = await import(new URL("/airlock/index.js", location.href).href);
  const client = new Airlock({ endpoint: api, getToken: async () => token });
  return async (file) => {
    /** @type {Promise<any> | undefined} */
    let upload;
    await new Promise((resolve, reject) => {
      const onStatus = (/** @type {string} */ status) => {
        if (status === "checking") resolve(null);
      };
      upload = client.upload(file, { ...options, onStatus });
      upload?.catch(reject);
    });
    return async () => assertReady(await upload);
  };
}

/**
 * Sends the same bytes to the same place without hashing, retries and progress.
 * @type {Contender}
 */
async function uploadRaw({ api, token }, { parallel }) {
  const call = async (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return (await fetchOk(api + path, { method, headers, body: JSON.stringify(body) })).json();
  };
  return async (file) => {
    const request = { fileName: file.name, size: file.size, contentType: file.type, method: "MULTIPART" };
    const { document, upload } = await call("POST", "/documents", request);
    const parts = [...upload.parts];
    const sendParts = async () => {
      for (let part = parts.shift(); part; part = parts.shift()) {
        const start = (part.partNumber - 1) * upload.partSize;
        await fetchOk(part.url, { method: "PUT", headers: part.headers, body: file.slice(start, start + part.size) });
      }
    };
    await Promise.all(Array.from({ length: parallel }, sendParts));
    await call("POST", `/documents/${document.id}/complete`, {});
    return async () => {
      let current = document;
      while (IN_PROGRESS.includes(current.status)) {
        await sleep(POLL_INTERVAL_MS);
        current = await call("GET", `/documents/${document.id}`, undefined);
      }
      assertReady(current);
    };
  };
}

/**
 * Uses `chunkSize` (bytes), or Uppy's default without it.
 * @type {Contender}
 */
async function uploadWithUppy({ signer, uppy }, { key, chunkSize }) {
  const { default: Uppy, AwsS3 } = await import(URL.createObjectURL(new Blob([uppy], { type: "text/javascript" })));
  const client = new Uppy();
  const signRequest = async (/** @type {Record<string, any>} */ request) => {
    const parameters = Object.entries(request).filter(([, value]) => value !== undefined);
    return (await fetchOk(`${signer}/?${new URLSearchParams(parameters)}`)).json();
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
async function fetchOk(url, request) {
  const response = await fetch(url, request);
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return response;
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** @param {{status: string, reason: string | null}} document */
function assertReady({ status, reason }) {
  if (status !== "ready") throw new Error(`The document is ${status}: ${reason}`);
}

/** Samples the heap until the function that it returns is called, which returns the maximum. */
function watchHeap() {
  let maximum = 0;
  const sample = () => {
    maximum = Math.max(maximum, /** @type {any} */ (performance).memory.usedJSHeapSize);
  };
  const timer = setInterval(sample, HEAP_INTERVAL_MS);
  return () => {
    sample();
    clearInterval(timer);
    return maximum;
  };
}
