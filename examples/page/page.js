/** The example page: signs the user in, and connects the upload client with the views. */

import { Airlock } from "airlock-uploads";
import { describeError } from "airlock-uploads/messages";
import { SignIn } from "./session/sign-in.js";
import { DocumentDialog } from "./views/document-dialog.js";
import { DocumentList } from "./views/document-list.js";
import { acceptFiles } from "./views/file-input.js";
import { LiveChanges } from "./views/live-changes.js";
import { setUpSignInForm } from "./views/sign-in-form.js";
import { getElement } from "./views/template.js";
import { UploadsPanel } from "./views/uploads-panel.js";
import { UsageMeter } from "./views/usage-meter.js";

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
  #uploads;
  #usage;
  #changes;
  /** The user whose uploads the page has. @type {string | null} */
  #lastUser = null;
  /** @type {string | null | undefined} */
  #shownUser;

  /** @param {Config} config */
  constructor(config) {
    this.#signIn = new SignIn(config, {
      onSessionEnd: () => this.#handleSessionEnd(),
      onChange: () => this.#handleOtherTab(),
    });
    this.#airlock = new Airlock({ endpoint: config.api, getToken: (options) => this.#signIn.getToken(options) });
    this.#usage = new UsageMeter(this.#airlock);
    this.#dialog = new DocumentDialog(this.#airlock, {
      onChange: (document) => this.#handleChange(document),
      onDownload: (document, rendition) => this.#download(document, rendition),
    });
    this.#list = new DocumentList(this.#airlock, {
      onOpen: (document) => this.#dialog.open(document),
      onDownload: (document) => this.#download(document).catch(showError),
      onChange: () => this.#usage.refresh(),
    });
    this.#uploads = new UploadsPanel(this.#airlock, {
      onDocument: (document) => this.#handleChange(document),
      onOpen: (document) => this.#openCurrent(document).catch(showError),
    });
    this.#changes = config.push ? new LiveChanges(this.#airlock, this.#list) : null;
    this.#addListeners(config.demoUsers ?? []);
  }

  /** Shows the sign-in form, or the documents of the user who is signed in. */
  render() {
    const { user } = this.#signIn;
    this.#shownUser = user;
    getElement("account").hidden = getElement("signed-in").hidden = user === null;
    getElement("signed-out").hidden = user !== null;
    getElement("user").textContent = getElement("user").title = user ?? "";
    getElement("notice").hidden = true;
    if (user === null) getElement("sign-in").querySelector("input")?.focus();
    else this.#loadUploadsAndDocuments(user);
  }

  /** @param {DemoUser[]} demoUsers */
  #addListeners(demoUsers) {
    setUpSignInForm(this.#signIn, demoUsers, () => this.render());
    acceptFiles((files) => this.#uploads.add(files), () => this.#signIn.user !== null, showError);
    getElement("sign-out").addEventListener("click", () => this.#signOut());
    addEventListener("beforeunload", (event) => {
      if (this.#uploads.isBusy) event.preventDefault();
    });
  }

  /** @param {string} user */
  #loadUploadsAndDocuments(user) {
    if (this.#lastUser !== null && this.#lastUser !== user) this.#uploads.cancelAll();
    this.#lastUser = user;
    this.#showResumableUploads(user);
    this.#showKinds(user);
    this.#list.reload();
    this.#changes?.follow();
  }

  /** Reads once what the deployment accepts. @param {string} user  May have signed out before the response arrives. */
  async #showKinds(user) {
    const kinds = await this.#airlock.kinds().catch(() => null); // without filter, the page works
    if (this.#signIn.user !== user) return;
    this.#list.showKinds(kinds);
    this.#usage.start();
  }

  /** @param {string} user  May have signed out before the response arrives. */
  async #showResumableUploads(user) {
    const uploads = await this.#airlock.resumableUploads().catch(() => []); // the next page shows them
    if (this.#signIn.user === user) this.#uploads.showResumable(uploads);
  }

  /** @param {AirlockDocument} document */
  #handleChange(document) {
    this.#list.upsert(document);
    this.#usage.refresh();
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
    const { user } = this.#signIn;
    const current = await this.#airlock.get(id);
    if (this.#signIn.user === user) this.#dialog.open(current);
  }

  async #signOut() {
    this.#dialog.close();
    await this.#uploads.cancelAll();
    this.#clear();
    this.#signIn.signOut();
    this.render();
  }

  /** Follows another tab that has signed a user in or out. */
  #handleOtherTab() {
    if (this.#signIn.user === this.#shownUser) return;
    if (this.#signIn.user === null) this.#uploads.cancelAll();
    this.#clear();
    this.render();
  }

  /** Shows the sign-in form. The uploads stay, and continue after the same user has signed in again. */
  #handleSessionEnd() {
    this.#clear();
    this.render();
    showError({ detail: "Your session has ended. Please sign in again." });
  }

  /** Removes everything of the user but the uploads. */
  #clear() {
    this.#dialog.close();
    this.#changes?.stop();
    this.#list.clear();
    this.#usage.stop();
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
