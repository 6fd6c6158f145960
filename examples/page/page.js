/** The example page: signs the user in, and connects the upload client with the views. */

import { Airlock } from "airlock-uploads";
import { describeError } from "airlock-uploads/messages";
import { SignIn } from "./sign-in.js";
import { DocumentDialog } from "./views/document-dialog.js";
import { DocumentList } from "./views/document-list.js";
import { acceptFiles } from "./views/file-input.js";
import { setUpSignInForm } from "./views/sign-in-form.js";
import { getElement } from "./views/template.js";
import { UploadQueue } from "./views/upload-queue.js";

/** @import { AirlockDocument } from "airlock-uploads" */
/** @import { DemoUser } from "./views/sign-in-form.js" */

/** @param {unknown} error */
function showError(error) {
  getElement("notice").textContent = describeError(error);
  getElement("notice").hidden = false;
}

async function loadConfig() {
  const response = await fetch("config.json", { cache: "no-cache" });
  if (!response.ok) throw new Error(`Could not load config.json, which contains the API's address (${response.status}).`);
  return response.json();
}

/** @param {{api: string, cognito: string, clientId: string, demoUsers?: DemoUser[]}} config */
function startPage(config) {
  const signIn = new SignIn(config);
  const airlock = new Airlock({ endpoint: config.api, getToken: (options) => signIn.getToken(options) });
  let lastUser = signIn.user;

  const dialog = new DocumentDialog(airlock, { onChange: (changed) => list.upsert(changed), onDownload: download });
  const list = new DocumentList(airlock, {
    onOpen: (document) => dialog.open(document),
    onDownload: (document) => download(document).catch(showError),
    onError: handleSessionEnd,
  });
  const queue = new UploadQueue(airlock, {
    onDocument: (document) => list.upsert(document),
    onOpen: openDocument,
    onError: handleSessionEnd,
  });

  /**
   * Follows a link that the browser saves as a file, because its response is an attachment.
   * @param {AirlockDocument} document
   */
  async function download({ id }) {
    const link = window.document.createElement("a");
    link.href = (await airlock.download(id)).url;
    link.click();
  }

  /**
   * Opens the current state of the document, which may have been deleted since its upload.
   * @param {AirlockDocument} document
   */
  async function openDocument({ id }) {
    await airlock.get(id).then((document) => dialog.open(document)).catch(showError);
  }

  function render() {
    const { user } = signIn;
    getElement("account").hidden = getElement("signed-in").hidden = user === null;
    getElement("signed-out").hidden = user !== null;
    getElement("user").textContent = user;
    getElement("notice").hidden = true;
    if (user === null) {
      getElement("sign-in").querySelector("input")?.focus();
      return;
    }
    if (lastUser !== user) queue.cancelAll();
    lastUser = user;
    showResumableUploads(user);
    list.reload();
  }

  /** @param {string} user  May have signed out before the response arrives. */
  async function showResumableUploads(user) {
    const uploads = await airlock.resumableUploads().catch(() => []); // the next page shows them
    if (signIn.user === user) queue.showResumable(uploads);
  }

  async function signOut() {
    dialog.close();
    await queue.cancelAll();
    list.clear();
    signIn.signOut();
    render();
  }

  /** Shows the sign-in form, and keeps the uploads, which continue after the same user has signed in again. */
  function handleSessionEnd() {
    if (signIn.user !== null || getElement("signed-in").hidden) return;
    dialog.close();
    list.clear();
    render();
    showError({ detail: "Your session has ended. Please sign in again." });
  }

  setUpSignInForm(signIn, config.demoUsers ?? [], render);
  acceptFiles((files) => queue.add(files), () => signIn.user !== null);
  getElement("sign-out").addEventListener("click", signOut);
  addEventListener("beforeunload", (event) => {
    if (queue.isBusy) event.preventDefault();
  });
  render();
}

loadConfig().then(startPage).catch(showError);
