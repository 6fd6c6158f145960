/** Previews of ready documents that browsers can show themselves: images, videos and audio, straight from S3. */

/** @import { Airlock, AirlockDocument } from "airlock-uploads" */

const MEDIA_TYPE = /^(image|video|audio)\//;
/** A presigned URL may expire while a video plays; a new one continues it, but not more often than this. */
const MIN_RENEWAL_INTERVAL_MS = 30_000;

/**
 * Fills the box. It stays hidden for documents without a preview, and for formats this browser does not support.
 * @param {HTMLElement} box
 * @param {AirlockDocument} document
 * @param {Airlock} airlock
 */
export async function showPreview(box, document, airlock) {
  const family = MEDIA_TYPE.exec(document.contentType ?? "")?.[1];
  if (document.status !== "ready" || !family) return;
  const createUrl = async () => (await airlock.download(document.id, { disposition: "inline" })).url;
  const element =
    family === "image"
      ? createImage(document.fileName, box)
      : createPlayer(family === "video" ? "video" : "audio", document.fileName, box, createUrl);
  element.src = await createUrl();
  box.replaceChildren(element);
  box.hidden = false;
}

/**
 * @param {string} name
 * @param {HTMLElement} box
 */
function createImage(name, box) {
  const image = document.createElement("img");
  image.alt = name;
  image.onerror = () => (box.hidden = true);
  return image;
}

/**
 * Creates a player. The browser requests ranges while it plays, so a video of gigabytes starts at once and can be
 * searched.
 * @param {"video" | "audio"} tag
 * @param {string} name
 * @param {HTMLElement} box
 * @param {() => Promise<string>} createUrl
 */
function createPlayer(tag, name, box, createUrl) {
  const player = /** @type {HTMLMediaElement} */ (document.createElement(tag));
  player.controls = true;
  player.preload = "metadata";
  player.setAttribute("aria-label", name);
  let renewedAt = -Infinity;
  player.onerror = async () => {
    if (performance.now() - renewedAt < MIN_RENEWAL_INTERVAL_MS) {
      box.hidden = true;
      return;
    }
    renewedAt = performance.now();
    const { currentTime, paused } = player;
    player.src = await createUrl();
    player.currentTime = currentTime;
    if (!paused) await player.play().catch(() => {});
  };
  return player;
}
