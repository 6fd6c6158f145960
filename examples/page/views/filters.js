/** Search and filters of the list of documents. */

import { getElement } from "./template.js";

/** @import { AirlockDocument, Kinds, ListQuery, Status } from "airlock-uploads" */

/** The list follows the search when the user has stopped typing. */
const TYPING_MS = 300;

export class Filters {
  #search = /** @type {HTMLInputElement} */ (getElement("search"));
  #status = /** @type {HTMLSelectElement} */ (getElement("filter"));
  #kind = /** @type {HTMLSelectElement} */ (getElement("kind"));
  #onChange;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#status.onchange = this.#kind.onchange = () => this.#apply();
    this.#search.oninput = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#apply(), TYPING_MS);
    };
    this.#search.onkeydown = ({ key }) => {
      if (key === "Enter") this.#apply();
    };
  }

  /** The query of the list. @returns {ListQuery} */
  get query() {
    return {
      status: /** @type {Status | undefined} */ (this.#status.value || undefined),
      kind: this.#kind.value || undefined,
      nameContains: this.#search.value.trim() || undefined,
    };
  }

  /** True while a search or a filter excludes documents. */
  get isActive() {
    return Object.values(this.query).some((value) => value !== undefined);
  }

  /** True for the list of deleted documents. */
  get isTrash() {
    return this.#status.value === "deleted";
  }

  /** Shows all documents. */
  clear() {
    this.#search.value = this.#status.value = this.#kind.value = "";
    this.#apply();
  }

  /** Offers the kinds of the deployment, if there is a choice. @param {Kinds | null} kinds */
  showKinds(kinds) {
    const names = (kinds?.kinds ?? []).map(({ name }) => name);
    const [any] = this.#kind.options;
    this.#kind.replaceChildren(any ?? "", ...names.map((name) => new Option(name.replaceAll("_", " "), name)));
    getElement("kind-filter").hidden = names.length < 2;
  }

  /** Returns true for a document that the list includes. @param {AirlockDocument} document */
  matches({ status, kind, fileName, title }) {
    const { status: wanted, kind: wantedKind, nameContains = "" } = this.query;
    const hasStatus = wanted ? wanted === status : status !== "deleted";
    const text = nameContains.toLowerCase();
    const hasName = [fileName, title].some((name) => name?.toLowerCase().includes(text));
    return hasStatus && hasName && (!wantedKind || wantedKind === kind);
  }

  #apply() {
    clearTimeout(this.#timer);
    this.#onChange();
  }
}
