/** File names on one line. A long one is shortened in the middle, so that its end stays visible. */

/** Characters of the end, which contain the extension and what tells copies apart. */
const END = 8;
/** A name with fewer characters fits on every screen. */
const MIN_LONG = 12;

/**
 * Fills an element with a name, whole for screen readers and searches, and in two parts for the eye.
 * @param {HTMLElement} element
 * @param {string} name
 */
export function showFileName(element, name) {
  const characters = Array.from(new Intl.Segmenter().segment(name), ({ segment }) => segment);
  const split = characters.length < MIN_LONG ? characters.length : characters.length - END;
  const visible = createSpan("split-name");
  visible.ariaHidden = "true";
  visible.append(
    createSpan("split-name-start", characters.slice(0, split).join("")),
    createSpan("split-name-end", characters.slice(split).join("")),
  );
  element.replaceChildren(createSpan("visually-hidden", name), visible);
  element.title = name;
}

/**
 * @param {string} className
 * @param {string} [text]
 */
function createSpan(className, text = "") {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  return span;
}
