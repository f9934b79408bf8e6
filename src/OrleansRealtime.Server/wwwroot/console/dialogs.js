// Questions before an act: native dialogs, which keep the focus inside and give it back.

import { h } from "./dom.js";

// fields: [{ name, label, type | options, hint }]. Resolves to the values, or to null when the operator thought better of it.
export function ask({ title, text, fields = [], button, danger = false }) {
  return new Promise(resolve => {
    const dialog = h("dialog", { "aria-labelledby": "ask-title", "data-testid": "ask" },
      h("form", { method: "dialog" },
        h("h2", { id: "ask-title" }, title),
        h("p", {}, text),
        fields.map(({ name, label, options, ...rest }) => h("label", {}, label,
          options
            ? h("select", { name }, options.map(([value, word]) => h("option", { value }, word)))
            : h("input", { name, autocomplete: "off", ...rest }))),
        h("div", { class: "buttons" },
          h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel"),
          h("button", { value: "yes", class: danger ? "danger" : null, "data-testid": "ask-yes" }, button))));
    dialog.addEventListener("close", () => {
      const values = dialog.returnValue === "yes" ? Object.fromEntries(new FormData(dialog.querySelector("form"))) : null;
      dialog.remove();
      resolve(values);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

const reason = { name: "reason", label: "Reason, which the user is told", maxlength: 100 };
const terms = [["3600000", "an hour"], ["86400000", "a day"], ["604800000", "a week"], ["", "for good"]];

// What can be done to a user. Each asks first, says what came of it, and does nothing when the operator cancels.
export function actions({ api, say }) {
  const act = async (question, carryOut) => {
    const values = await ask(question);
    if (!values) return;
    try { say(await carryOut(values)); } catch (error) { say(error.message, "bad"); }
  };
  const closed = ({ closed }) => closed === 1 ? "1 connection closed" : `${closed} connections closed`;
  return {
    disconnect: user => act(
      { title: `Disconnect ${user}?`, text: "All connections are closed. Clients come back at once.", button: "Disconnect" },
      async () => `${user}: ${closed(await api.disconnect(user))}.`),
    kick: user => act(
      { title: `Kick ${user}?`, text: "All connections are closed, and clients do not come back by themselves. The user may sign in again.", fields: [reason], button: "Kick", danger: true },
      async values => `${user} was kicked: ${closed(await api.kick(user, values.reason || undefined))}.`),
    ban: user => act(
      { title: `Ban ${user}?`, text: "All connections are closed, and the user is refused until the ban ends.", fields: [{ name: "term", label: "For how long", options: terms }, reason], button: "Ban", danger: true },
      async values => {
        await api.ban(user, values.term ? Date.now() + Number(values.term) : undefined, values.reason || undefined);
        return `${user} is banned.`;
      }),
    unban: user => act(
      { title: `Lift the ban of ${user}?`, text: "The user may sign in again.", button: "Unban" },
      async () => { await api.unban(user); return `The ban of ${user} is lifted.`; }),
  };
}
