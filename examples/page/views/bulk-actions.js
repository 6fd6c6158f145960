/** Deletes or restores all documents that are selected in the list. */

import { Semaphore } from "airlock-uploads";
import { describeError } from "airlock-uploads/messages";
import { getElement } from "./template.js";

/** @import { Airlock, AirlockDocument } from "airlock-uploads" */
/** @import { DocumentRow } from "./document-row.js" */

/** One call deletes so many documents. */
const BATCH = 100;
/** Documents that are restored or read in parallel, one call each. */
const PARALLEL = 4;

/** @typedef {{id: string, problem?: unknown}} Result */

export class BulkActions {
  #airlock;
  #deps;
  #bar = getElement("bulk");
  #all = /** @type {HTMLInputElement} */ (getElement("select-all"));
  #delete = /** @type {HTMLButtonElement} */ (getElement("delete-selected"));
  #restore = /** @type {HTMLButtonElement} */ (getElement("restore-selected"));
  #undo = /** @type {HTMLButtonElement} */ (getElement("undo"));

  /**
   * @param {Airlock} airlock
   * @param {object} deps
   * @param {() => DocumentRow[]} deps.listRows
   * @param {() => boolean} deps.isTrash  Returns true for the list of deleted documents.
   * @param {(document: AirlockDocument) => void} deps.onChange
   */
  constructor(airlock, deps) {
    this.#airlock = airlock;
    this.#deps = deps;
    this.#all.onchange = () => this.#selectAll(this.#all.checked);
    this.#delete.onclick = () => this.#run("deleted", this.#listSelected(), (ids) => this.#deleteAll(ids));
    this.#restore.onclick = () => this.#run("restored", this.#listSelected(), (ids) => this.#restoreAll(ids));
  }

  /** Shows how many documents are selected, and what can be done with them. */
  render() {
    const rows = this.#deps.listRows().filter(({ canBeSelected }) => canBeSelected);
    const count = this.#listSelected().length;
    this.#bar.hidden = rows.length === 0;
    this.#bar.toggleAttribute("data-active", count > 0);
    this.#all.checked = count > 0 && count === rows.length;
    this.#all.indeterminate = count > 0 && count < rows.length;
    getElement("selected-count").textContent = count ? `${count} selected` : "Select all";
    this.#delete.hidden = count === 0 || this.#deps.isTrash();
    this.#restore.hidden = count === 0 || !this.#deps.isTrash();
  }

  /** Forgets the last outcome, for another list. */
  clear() {
    getElement("outcome").hidden = true;
  }

  /** @param {boolean} isSelected */
  #selectAll(isSelected) {
    for (const row of this.#deps.listRows()) row.select(isSelected);
    this.render();
  }

  #listSelected() {
    return this.#deps.listRows().filter(({ isSelected }) => isSelected).map(({ document }) => document.id);
  }

  /**
   * @param {"deleted" | "restored"} verb
   * @param {string[]} ids
   * @param {(ids: string[]) => Promise<Result[]>} action
   */
  async #run(verb, ids, action) {
    this.#setBusy(true);
    const results = await action(ids);
    await this.#report(ids);
    this.#setBusy(false);
    const failed = results.filter(({ problem }) => problem);
    const done = results.filter(({ problem }) => !problem).map(({ id }) => id);
    this.#showOutcome(verb, done, failed);
    this.render();
  }

  /**
   * @param {"deleted" | "restored"} verb
   * @param {string[]} done
   * @param {Result[]} failed
   */
  #showOutcome(verb, done, failed) {
    const cause = failed.length ? ` ${count(failed.length)} could not be ${verb}: ${describeError(failed[0]?.problem)}` : "";
    getElement("outcome-text").textContent = `${count(done.length)} ${verb}.${cause}`;
    getElement("outcome").toggleAttribute("data-error", failed.length > 0);
    getElement("outcome").hidden = false;
    this.#undo.hidden = verb !== "deleted" || done.length === 0;
    this.#undo.onclick = () => this.#run("restored", done, (ids) => this.#restoreAll(ids));
    (this.#undo.hidden ? getElement("documents-title") : this.#undo).focus();
  }

  /** @param {string[]} ids @returns {Promise<Result[]>} */
  async #deleteAll(ids) {
    const batches = Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, n) => ids.slice(n * BATCH, (n + 1) * BATCH));
    const results = batches.map((batch) =>
      this.#airlock.deleteAll(batch).catch((problem) => batch.map((id) => ({ id, problem }))),
    );
    return (await Promise.all(results)).flat();
  }

  /** @param {string[]} ids @returns {Promise<Result[]>} */
  async #restoreAll(ids) {
    return forEachInParallel(ids, async (id) => {
      const problem = await this.#airlock.restore(id).then(() => undefined, (error) => error);
      return { id, problem };
    });
  }

  /** Reads the documents again and reports their states. @param {string[]} ids */
  async #report(ids) {
    await forEachInParallel(ids, async (id) => {
      const document = await this.#airlock.get(id).catch(() => null); // a reload shows it
      if (document) this.#deps.onChange(document);
    });
  }

  /** @param {boolean} isBusy */
  #setBusy(isBusy) {
    for (const button of [this.#delete, this.#restore, this.#undo]) button.disabled = isBusy;
    this.#bar.ariaBusy = String(isBusy);
  }
}

/**
 * @template Item, Value
 * @param {Item[]} items
 * @param {(item: Item) => Promise<Value>} action  Throws nothing.
 */
async function forEachInParallel(items, action) {
  const slots = new Semaphore(PARALLEL);
  const { signal } = new AbortController();
  return Promise.all(items.map((item) => slots.run(() => action(item), signal)));
}

/** @param {number} documents */
function count(documents) {
  return documents === 1 ? "1 document" : `${documents} documents`;
}
