/** The form to sign in, and a button for each demo user where the deployment has them. */

import { errorInWords } from "airlock-uploads/words";

/** @import { SignIn } from "../sign-in.js" */

/**
 * @param {SignIn} signIn
 * @param {{name: string, password: string}[]} demoUsers
 * @param {() => void} onSignedIn
 */
export function signInForm(signIn, demoUsers, onSignedIn) {
  const form = /** @type {HTMLFormElement} */ (document.getElementById("sign-in"));
  const problem = /** @type {HTMLElement} */ (document.getElementById("sign-in-problem"));
  const enter = async (/** @type {string} */ name, /** @type {string} */ password) => {
    if (form.ariaBusy === "true") return;
    problem.textContent = "";
    form.ariaBusy = "true";
    try {
      await signIn.signIn(name, password);
      form.reset();
      onSignedIn();
    } catch (error) {
      problem.textContent = errorInWords(error);
    } finally {
      form.ariaBusy = "false";
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new FormData(form);
    enter(String(given.get("name")), String(given.get("password")));
  });
  showDemoUsers(demoUsers, enter);
}

/**
 * @param {{name: string, password: string}[]} users
 * @param {(name: string, password: string) => void} enter
 */
function showDemoUsers(users, enter) {
  const box = /** @type {HTMLElement} */ (document.getElementById("demo-users"));
  box.hidden = users.length === 0;
  box.querySelector(".choices")?.replaceChildren(
    ...users.map(({ name, password }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.ariaLabel = `Sign in as ${name}`;
      button.addEventListener("click", () => enter(name, password));
      return button;
    }),
  );
}
