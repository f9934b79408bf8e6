// Who did what to whom.

import { card, h, put } from "../dom.js";
import { actTable } from "./parts.js";

export function mount(main) {
  const list = h("div", {});
  let state = { acts: [] }, word = "";
  const draw = () => {
    const acts = state.acts.filter(act => !word || [act.by, act.act, act.user, act.channel, act.detail].some(text => text?.toLowerCase().includes(word)));
    put(list, actTable(acts.slice(0, 200), word ? "No act has this word." : "Nothing was done yet: grants, kicks, bans and disconnects will stand here."));
  };
  main.append(h("h1", {}, "Audit"),
    h("div", { class: "look card" }, h("label", { for: "filter" }, "Only acts with"),
      h("input", { id: "filter", type: "search", autocomplete: "off", placeholder: "a user, an act, a word", oninput: event => { word = event.target.value.trim().toLowerCase(); draw(); } })),
    card("Administrative acts", list));
  return next => { state = next; draw(); };
}
