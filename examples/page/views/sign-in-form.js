/** The sign-in form, with a button for each demo user, and the form for the first password of an invited user. */

import { describeError } from "airlock-uploads/messages";
import { cloneTemplate, getElement } from "./template.js";

/** @import { SignIn } from "../session/sign-in.js" */

/** @typedef {{name: string, password: string}} DemoUser */

/**
 * @param {SignIn} signIn
 * @param {DemoUser[]} demoUsers
 * @param {() => void} onSignIn
 */
export function setUpSignInForm(signIn, demoUsers, onSignIn) {
  const form = getElement("sign-in");
  const submit = async (/** @type {string} */ name, /** @type {string} */ password) => {
    const challenge = await signIn.signIn(name, password);
    if (challenge) showPasswordForm(form, (chosen) => signIn.choosePassword(name, challenge, chosen), onSignIn);
    else onSignIn();
  };
  handleSubmit(form, (fields) => submit(String(fields.get("name")), String(fields.get("password"))));
  showDemoUsers(demoUsers, ({ name, password }) => runInForm(form, () => submit(name, password)));
}

/**
 * Replaces the sign-in form until a password was chosen.
 * @param {HTMLElement} form
 * @param {(password: string) => Promise<void>} choose
 * @param {() => void} onSignIn
 */
function showPasswordForm(form, choose, onSignIn) {
  const { node, get } = cloneTemplate("new-password");
  const close = () => {
    node.remove();
    form.hidden = false;
  };
  handleSubmit(node, async (fields) => {
    await choose(String(fields.get("password")));
    close();
    onSignIn();
  });
  get("back").onclick = () => {
    close();
    form.querySelector("input")?.focus();
  };
  form.after(node);
  form.hidden = true;
  node.querySelector("input")?.focus();
}

/**
 * @param {HTMLElement} element
 * @param {(fields: FormData) => Promise<void>} action
 */
function handleSubmit(element, action) {
  const form = /** @type {HTMLFormElement} */ (element);
  form.onsubmit = (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    runInForm(form, () => action(fields));
  };
}

/**
 * Runs one action at a time, and shows its error in the form.
 * @param {HTMLElement} element
 * @param {() => Promise<void>} action
 */
async function runInForm(element, action) {
  const form = /** @type {HTMLFormElement} */ (element);
  const error = /** @type {HTMLElement} */ (form.querySelector(".error"));
  if (form.ariaBusy === "true") return;
  error.textContent = "";
  form.ariaBusy = "true";
  try {
    await action();
    form.reset();
  } catch (cause) {
    error.textContent = describeError(cause);
  } finally {
    form.ariaBusy = "false";
  }
}

/**
 * @param {DemoUser[]} users
 * @param {(user: DemoUser) => void} onChoose
 */
function showDemoUsers(users, onChoose) {
  const box = getElement("demo-users");
  box.hidden = users.length === 0;
  const buttons = users.map((user) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = user.name;
    button.ariaLabel = `Sign in as ${user.name}`;
    button.addEventListener("click", () => onChoose(user));
    return button;
  });
  box.querySelector(".choices")?.replaceChildren(...buttons);
}
