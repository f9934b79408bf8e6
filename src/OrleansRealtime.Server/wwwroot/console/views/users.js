// The way to a user, and those to whom something was done lately.

import { card, h, put } from "../dom.js";
import { actTable, lookFor } from "./parts.js";

const userActs = new Set(["kick", "ban", "unban", "disconnect", "revoke-tokens"]);

export function mount(main) {
  const acts = h("div", {});
  main.append(h("h1", {}, "Users"), lookFor("user", "Look into a user", "alice"), card("Lately", acts));
  return state => put(acts, actTable(state.acts.filter(act => userActs.has(act.act)).slice(0, 20), "Nothing was done to a user yet."));
}
