/**
 * Previews of ready documents, straight from S3: images, videos and audio that browsers can show themselves, and the
 * image that a step made of any other document, for example of a HEIC photo.
 */

/** @import { Airlock, AirlockDocument } from "airlock-uploads" */

const MEDIA_TYPE = /^(image|video|audio)\//;
/** A presigned URL may expire while a video plays; a new one continues it, but not more often than this. */
const MIN_RENEWAL_INTERVAL_MS = 30_000;

/**
 * Fills the box. It is hidden for documents without a preview, and for formats this browser does not support. Otherwise it
 * has its height before the preview arrives, so that no button moves under the pointer.
 * @param {HTMLElement} box
 * @param {AirlockDocument} document
 * @param {Airlock} airlock
 */
export async function showPreview(box, document, airlock) {
  const own = MEDIA_TYPE.exec(document.contentType ?? "")?.[1];
  const isPlayed = own === "video" || own === "audio";
  const rendition = isPlayed ? undefined : findLargestImage(document);
  const family = rendition === undefined ? own : "image";
  if (document.status !== "ready" || !family) return;
  const createUrl = async () =>
    (await airlock.download(document.id, { disposition: "inline", rendition })).url;
  const element =
    family === "image"
      ? createImage(document.fileName, box)
      : createPlayer(family === "video" ? "video" : "audio", document.fileName, box, createUrl);
  box.dataset.family = family;
  box.hidden = false;
  try {
    element.src = await createUrl();
  } catch (error) {
    box.hidden = true;
    throw error;
  }
  box.replaceChildren(element); // with its URL: a source set just after play() would interrupt it
}

/**
 * Returns the name of the rendition with the most pixels, or undefined if no rendition is an image.
 * @param {AirlockDocument} document
 */
function findLargestImage({ renditions }) {
  const images = Object.entries(renditions).filter(([, { contentType }]) => contentType.startsWith("image/"));
  const pixels = ({ width = 0, height = 0 }) => width * height;
  images.sort(([, one], [, other]) => pixels(other) - pixels(one));
  return images[0]?.[0];
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
