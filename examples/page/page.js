/** The example page: signs in, and lets the upload client and the views meet. */

import { Airlock } from "airlock-uploads";
import { errorInWords } from "airlock-uploads/words";
import { SignIn } from "./sign-in.js";
import { DocumentDialog } from "./views/document-dialog.js";
import { DocumentList } from "./views/document-list.js";
import { takeFiles } from "./views/drop-target.js";
import { signInForm } from "./views/sign-in-form.js";
import { UploadQueue } from "./views/upload-queue.js";

/** @import { AirlockDocument } from "airlock-uploads" */

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {unknown} error */
function complain(error) {
  byId("notice").textContent = errorInWords(error);
  byId("notice").hidden = false;
}

async function readConfig() {
  const response = await fetch("config.json", { cache: "no-cache" });
  if (!response.ok) throw new Error(`config.json, which names the API, could not be read (${response.status}).`);
  return response.json();
}

/** @param {{api: string, cognito: string, clientId: string, demoUsers?: {name: string, password: string}[]}} config */
function start(config) {
  const signIn = new SignIn(config);
  const airlock = new Airlock({ endpoint: config.api, getToken: (options) => signIn.token(options) });
  let lastUser = signIn.user;

  const dialog = new DocumentDialog(airlock, { onChange: (changed) => list.put(changed), onDownload: download });
  const list = new DocumentList(airlock, {
    onOpen: (document) => dialog.open(document),
    onDownload: (document) => download(document).catch(complain),
    onError: endSessionIfOver,
  });
  const queue = new UploadQueue(airlock, {
    onDocument: (document) => list.put(document),
    onOpen: open,
    onError: endSessionIfOver,
  });

  /**
   * The answer says `attachment`, so the browser saves the file and stays here.
   * @param {AirlockDocument} document
   */
  async function download({ id }) {
    const link = window.document.createElement("a");
    link.href = (await airlock.download(id)).url;
    link.click();
  }

  /**
   * As it is now: since its upload it may have been deleted.
   * @param {AirlockDocument} document
   */
  async function open({ id }) {
    await airlock.get(id).then((document) => dialog.open(document)).catch(complain);
  }

  function show() {
    const { user } = signIn;
    byId("who").hidden = byId("signed-in").hidden = user === null;
    byId("signed-out").hidden = user !== null;
    byId("user").textContent = user;
    byId("notice").hidden = true;
    if (user === null) return byId("sign-in").querySelector("input")?.focus();
    if (lastUser !== user) queue.empty();
    lastUser = user;
    offerUnfinished(user);
    return list.reload();
  }

  /** @param {string} user  Who may have left by the time of the answer. */
  async function offerUnfinished(user) {
    const uploads = await airlock.unfinished().catch(() => []); // the next page will offer them
    if (signIn.user === user) queue.offer(uploads);
  }

  async function signOut() {
    dialog.close();
    await queue.empty();
    list.empty();
    signIn.signOut();
    show();
  }

  /** Uploads stay where they are: they go on after the same person has signed in again. */
  function endSessionIfOver() {
    if (signIn.user !== null || byId("signed-in").hidden) return;
    dialog.close();
    list.empty();
    show();
    complain({ detail: "The session has ended. Please sign in again." });
  }

  signInForm(signIn, config.demoUsers ?? [], show);
  takeFiles((files) => queue.add(files), () => signIn.user !== null);
  byId("sign-out").addEventListener("click", signOut);
  addEventListener("beforeunload", (event) => queue.busy && event.preventDefault());
  show();
}

readConfig().then(start).catch(complain);
