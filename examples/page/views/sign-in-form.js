/** The sign-in form, with a button for each demo user of the deployment. */

import { describeError } from "airlock-uploads/messages";
import { getElement } from "./template.js";

/** @import { SignIn } from "../sign-in.js" */

/** @typedef {{name: string, password: string}} DemoUser */

/**
 * @param {SignIn} signIn
 * @param {DemoUser[]} demoUsers
 * @param {() => void} onSignIn
 */
export function setUpSignInForm(signIn, demoUsers, onSignIn) {
  const form = /** @type {HTMLFormElement} */ (getElement("sign-in"));
  const error = getElement("sign-in-error");
  const submit = async (/** @type {string} */ name, /** @type {string} */ password) => {
    if (form.ariaBusy === "true") return;
    error.textContent = "";
    form.ariaBusy = "true";
    try {
      await signIn.signIn(name, password);
      form.reset();
      onSignIn();
    } catch (cause) {
      error.textContent = describeError(cause);
    } finally {
      form.ariaBusy = "false";
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    submit(String(fields.get("name")), String(fields.get("password")));
  });
  showDemoUsers(demoUsers, submit);
}

/**
 * @param {DemoUser[]} users
 * @param {(name: string, password: string) => void} onChoose
 */
function showDemoUsers(users, onChoose) {
  const box = getElement("demo-users");
  box.hidden = users.length === 0;
  const buttons = users.map(({ name, password }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.ariaLabel = `Sign in as ${name}`;
    button.addEventListener("click", () => onChoose(name, password));
    return button;
  });
  box.querySelector(".choices")?.replaceChildren(...buttons);
}
