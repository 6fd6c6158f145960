/** Thumbnails: the smallest fitting image that a step made of a document, loaded when its row comes into view. */

/** @import { Airlock, AirlockDocument } from "airlock-uploads" */

/** Pixels that fill the box on a screen with two pixels for each of CSS. */
const WANTED_PIXELS = 96;
const MARGIN = "200px";

export class Thumbnails {
  #airlock;
  /** @type {WeakMap<Element, {id: string, rendition: string}>} */
  #waiting = new WeakMap();
  #observer = new IntersectionObserver((entries) => this.#handle(entries), { rootMargin: MARGIN });

  /** @param {Airlock} airlock */
  constructor(airlock) {
    this.#airlock = airlock;
  }

  /**
   * Shows the thumbnail of a ready document. The image stays hidden, and the icon of the type visible, without one.
   * @param {HTMLImageElement} image
   * @param {AirlockDocument} document
   */
  show(image, document) {
    const rendition = document.status === "ready" ? findThumbnail(document) : undefined;
    if (rendition === undefined) {
      image.hidden = true;
      return;
    }
    if (image.dataset.rendition === rendition) return;
    image.dataset.rendition = rendition;
    const box = /** @type {HTMLElement} */ (image.parentElement);
    this.#waiting.set(box, { id: document.id, rendition });
    this.#observer.observe(box);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #handle(entries) {
    for (const { target } of entries.filter(({ isIntersecting }) => isIntersecting)) {
      this.#observer.unobserve(target);
      this.#load(target).catch(() => {}); // the icon stays
    }
  }

  /** @param {Element} box */
  async #load(box) {
    const { id, rendition } = this.#waiting.get(box) ?? {};
    const image = box.querySelector("img");
    if (!id || !image) return;
    const { url } = await this.#airlock.download(id, { disposition: "inline", rendition });
    image.onload = () => (image.hidden = false);
    image.onerror = () => (image.hidden = true);
    image.src = url;
  }
}

/**
 * Returns the name of the smallest image with enough pixels, or of the largest one; undefined without an image.
 * @param {AirlockDocument} document
 */
function findThumbnail({ renditions }) {
  const images = Object.entries(renditions).filter(([, { contentType }]) => contentType.startsWith("image/"));
  const width = (/** @type {(typeof images)[number]} */ [, image]) => Math.max(image.width ?? 0, image.height ?? 0);
  images.sort((one, other) => width(one) - width(other));
  return (images.find((image) => width(image) >= WANTED_PIXELS) ?? images.at(-1))?.[0];
}
