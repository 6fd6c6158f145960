/** Markup lives in index.html as templates; code only fills in text and properties, so no data is ever parsed. */

/**
 * A copy of a template's element, and a way to its `data-part`s.
 * @param {string} id
 */
export function fromTemplate(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  const node = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  /** @param {string} name @returns {any} */
  const part = (name) => node.querySelector(`[data-part="${name}"]`);
  return { node, part };
}

/**
 * @param {SVGUseElement} use
 * @param {string} name  A symbol of icons.svg.
 */
export function showIcon(use, name) {
  use.setAttribute("href", `icons.svg#${name}`);
}

/**
 * @param {HTMLTimeElement} time
 * @param {string} at  RFC 3339.
 * @param {string} text
 */
export function showTime(time, at, text) {
  time.dateTime = at;
  time.title = new Date(at).toLocaleString();
  time.textContent = text;
}

/**
 * For screen readers: one polite place, because a live region on every row would never be silent.
 * @param {string} text
 */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}
