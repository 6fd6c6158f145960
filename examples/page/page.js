/** The example page: signs the user in, and connects the upload client with the views. */

import { Airlock } from "airlock-uploads";
import { describeError } from "airlock-uploads/messages";
import { LiveChanges } from "./live-changes.js";
import { SignIn } from "./sign-in.js";
import { DocumentDialog } from "./views/document-dialog.js";
import { DocumentList } from "./views/document-list.js";
import { acceptFiles } from "./views/file-input.js";
import { setUpSignInForm } from "./views/sign-in-form.js";
import { getElement } from "./views/template.js";
import { UploadQueue } from "./views/upload-queue.js";

/** @import { AirlockDocument } from "airlock-uploads" */
/** @import { DemoUser } from "./views/sign-in-form.js" */

/**
 * @typedef {{api: string, cognito: string, clientId: string, storage: string, push?: string, demoUsers?: DemoUser[]}} Config
 *   `push` is the URL of the WebSocket API, for the policy of the page.
 */

class ExamplePage {
  #signIn;
  #airlock;
  #dialog;
  #list;
  #queue;
  #changes;
  #lastUser;

  /** @param {Config} config */
  constructor(config) {
    this.#signIn = new SignIn(config, () => this.#handleSessionEnd());
    this.#airlock = new Airlock({ endpoint: config.api, getToken: (options) => this.#signIn.getToken(options) });
    this.#lastUser = this.#signIn.user;
    this.#dialog = new DocumentDialog(this.#airlock, {
      onChange: (document) => this.#list.upsert(document),
      onDownload: (document, rendition) => this.#download(document, rendition),
    });
    this.#list = new DocumentList(this.#airlock, {
      onOpen: (document) => this.#dialog.open(document),
      onDownload: (document) => this.#download(document).catch(showError),
    });
    this.#queue = new UploadQueue(this.#airlock, {
      onDocument: (document) => this.#list.upsert(document),
      onOpen: (document) => this.#openCurrent(document).catch(showError),
    });
    this.#changes = config.push ? new LiveChanges(this.#airlock, this.#list) : null;
    this.#addListeners(config.demoUsers ?? []);
  }

  /** Shows the sign-in form, or the documents of the user who is signed in. */
  render() {
    const { user } = this.#signIn;
    getElement("account").hidden = getElement("signed-in").hidden = user === null;
    getElement("signed-out").hidden = user !== null;
    getElement("user").textContent = user;
    getElement("notice").hidden = true;
    if (user === null) getElement("sign-in").querySelector("input")?.focus();
    else this.#loadUploadsAndDocuments(user);
  }

  /** @param {DemoUser[]} demoUsers */
  #addListeners(demoUsers) {
    setUpSignInForm(this.#signIn, demoUsers, () => this.render());
    acceptFiles((files) => this.#queue.add(files), () => this.#signIn.user !== null);
    getElement("sign-out").addEventListener("click", () => this.#signOut());
    addEventListener("beforeunload", (event) => {
      if (this.#queue.isBusy) event.preventDefault();
    });
  }

  /** @param {string} user */
  #loadUploadsAndDocuments(user) {
    if (this.#lastUser !== user) this.#queue.cancelAll();
    this.#lastUser = user;
    this.#showResumableUploads(user);
    this.#list.reload();
    this.#changes?.follow();
  }

  /** @param {string} user  May have signed out before the response arrives. */
  async #showResumableUploads(user) {
    const uploads = await this.#airlock.resumableUploads().catch(() => []); // the next page shows them
    if (this.#signIn.user === user) this.#queue.showResumable(uploads);
  }

  /**
   * Follows a link that the browser saves as a file, because its response is an attachment.
   * @param {AirlockDocument} document
   * @param {string} [rendition]
   */
  async #download({ id }, rendition) {
    const link = window.document.createElement("a");
    link.href = (await this.#airlock.download(id, { rendition })).url;
    link.click();
  }

  /**
   * Opens the current state of a document, which may have been deleted since its upload.
   * @param {AirlockDocument} document
   */
  async #openCurrent({ id }) {
    this.#dialog.open(await this.#airlock.get(id));
  }

  async #signOut() {
    this.#dialog.close();
    await this.#queue.cancelAll();
    this.#changes?.stop();
    this.#list.clear();
    this.#signIn.signOut();
    this.render();
  }

  /** Shows the sign-in form. The uploads stay, and continue after the same user has signed in again. */
  #handleSessionEnd() {
    this.#dialog.close();
    this.#changes?.stop();
    this.#list.clear();
    this.render();
    showError({ detail: "Your session has ended. Please sign in again." });
  }
}

/** @returns {Promise<Config>} */
async function loadConfig() {
  const response = await fetch("config.json", { cache: "no-cache" });
  if (!response.ok) throw new Error(`The configuration of this page could not be loaded (${response.status}).`);
  return response.json();
}

/** @param {unknown} error */
function showError(error) {
  getElement("notice").textContent = describeError(error);
  getElement("notice").hidden = false;
}

loadConfig().then((config) => new ExamplePage(config).render()).catch(showError);
