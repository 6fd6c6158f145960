/** Access to the markup in index.html. Code only fills in text and properties, so no data is ever parsed as HTML. */

/** @typedef {(name: string) => any} GetElement  Returns the element of a cloned template with this `data-name`. */

/**
 * Returns the element of index.html with this id. Throws Error without one.
 * @param {string} id
 */
export function getElement(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no element ${id}.`);
  return element;
}

/**
 * Clones the element of a template.
 * @param {string} id
 * @returns {{node: HTMLElement, get: GetElement}}
 */
export function cloneTemplate(id) {
  const template = /** @type {HTMLTemplateElement} */ (getElement(id));
  const node = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  return { node, get: (name) => node.querySelector(`[data-name="${name}"]`) };
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
 * Announces a change to screen readers. There is one polite live region, because one per row would never be silent.
 * @param {string} text
 */
export function announce(text) {
  getElement("announcer").textContent = text;
}
