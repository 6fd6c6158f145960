/** What the browser itself can show of a ready document: an image, a video or a sound, straight from S3. */

/** @import { Airlock, AirlockDocument } from "airlock-uploads" */

const ELEMENTS = { image: "img", video: "video", audio: "audio" };
/** A presigned URL may end in the middle of a film; a new one lets it go on. Not more often than this, though. */
const NOT_AGAIN_WITHIN_MS = 30_000;

/**
 * Fills `box`; it stays hidden for what cannot be previewed, or what this browser turns out not to understand.
 * @param {HTMLElement} box
 * @param {AirlockDocument} document
 * @param {Airlock} airlock
 */
export async function showPreview(box, document, airlock) {
  const family = (document.contentType ?? "").split("/")[0];
  if (document.status !== "ready" || !(family in ELEMENTS)) return;
  const tag = ELEMENTS[/** @type {keyof typeof ELEMENTS} */ (family)];
  const element = /** @type {any} */ (globalThis.document.createElement(tag));
  const url = async () => (await airlock.download(document.id, { disposition: "inline" })).url;
  if (tag === "img") showImage(element, document.fileName, box);
  else showMedia(element, document.fileName, box, url);
  element.src = await url();
  box.replaceChildren(element);
  box.hidden = false;
}

/**
 * @param {HTMLImageElement} image
 * @param {string} name
 * @param {HTMLElement} box
 */
function showImage(image, name, box) {
  image.alt = name;
  image.onerror = () => (box.hidden = true);
}

/**
 * The browser asks for ranges as it plays, so a film of gigabytes starts at once and can be searched.
 * @param {HTMLMediaElement} media
 * @param {string} name
 * @param {HTMLElement} box
 * @param {() => Promise<string>} newUrl
 */
function showMedia(media, name, box, newUrl) {
  media.controls = true;
  media.preload = "metadata";
  media.setAttribute("aria-label", name);
  let renewedAt = -Infinity;
  media.onerror = async () => {
    if (performance.now() - renewedAt < NOT_AGAIN_WITHIN_MS) {
      box.hidden = true;
      return;
    }
    renewedAt = performance.now();
    const { currentTime, paused } = media;
    media.src = await newUrl();
    media.currentTime = currentTime;
    if (!paused) await media.play().catch(() => {});
  };
}
