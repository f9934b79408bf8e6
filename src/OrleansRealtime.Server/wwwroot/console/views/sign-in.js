// For those who have no token yet: takes one, and says what is wrong with it.

import { h } from "../dom.js";

export function signIn(main, { said, check, done }) {
  const error = h("p", { id: "token-error", class: "bad", role: "alert", "data-testid": "sign-in-error" }, said ?? "");
  const field = h("textarea", {
    id: "token", name: "token", rows: 4, required: true, autocomplete: "off", autocapitalize: "none", spellcheck: "false",
    "aria-describedby": "token-hint token-error", "data-testid": "token",
    onkeydown: event => { if (event.key === "Enter") { event.preventDefault(); form.requestSubmit(); } },
  });
  const button = h("button", { "data-testid": "sign-in" }, "Sign in");
  const form = h("form", {
    class: "card sign-in",
    onsubmit: async event => {
      event.preventDefault();
      const token = field.value.trim();
      button.disabled = true;
      error.textContent = "";
      try {
        await check(token);
        done(token);
      } catch (fault) {
        error.textContent = fault.message;
        button.disabled = false;
        field.focus();
      }
    },
  },
  h("h1", {}, "Operators sign in"),
  h("p", { class: "faint" }, "The console shows what goes on in this server, and lets you act on it. It needs a token with the right to manage everything."),
  h("label", { for: "token" }, "Token"), field,
  h("p", { id: "token-hint", class: "faint" }, "Your application signs it, or the server does: ", h("code", {}, "token --user you --caps '*=manage'"), ". It is kept in this tab only."),
  error, button);
  main.replaceChildren(form);
  field.focus();
}
