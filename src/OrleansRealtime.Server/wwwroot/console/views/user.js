// One user: sessions, status, ban, and what an operator can do about them.

import { card, facts, h, put, table } from "../dom.js";
import { moment } from "../format.js";
import { actsOn } from "../model.js";
import { actTable, failure } from "./parts.js";

const refreshEvery = 3000;

export function mount(main, { api, actions, param: user }) {
  const head = h("div", {}), tools = h("div", { class: "row" }), sessions = h("div", {}), acts = h("div", {});
  main.append(h("p", {}, h("a", { href: "#/users" }, "← Users")), h("h1", { "data-testid": "user-name" }, user),
    card("Status", head, tools), card("Sessions", sessions), card("Acts on this user", acts));
  put(head, h("p", { class: "empty" }, "Loading…"));

  let timer = 0, isOver = false;
  const load = async () => {
    clearTimeout(timer);
    try {
      const told = await api.user(user);
      if (isOver) return;
      put(head, status(told));
      put(tools, buttons(told, actions, load));
      put(sessions, sessionTable(told.sessions));
    } catch (error) {
      if (!isOver) put(head, failure(error.message, load));
    }
    if (!isOver) timer = setTimeout(load, refreshEvery);
  };
  load();

  const update = state => put(acts, actTable(actsOn(state, { user }), "Nothing was done to this user."));
  return Object.assign(update, { end: () => { isOver = true; clearTimeout(timer); } });
}

const status = ({ online, status, lastSeen, ban, tokensRevokedBefore }) => facts([
  ["Now", h("span", { class: online ? "good" : "faint", "data-testid": "user-online" }, online ? "online" : "offline")],
  status ? ["Status", status] : null,
  lastSeen && !online ? ["Last seen", moment(lastSeen)] : null,
  ["Ban", ban
    ? h("span", { class: "bad", "data-testid": "user-ban" }, `${ban.until ? `until ${moment(ban.until)}` : "for good"}, by ${ban.by}${ban.reason ? `: ${ban.reason}` : ""}`)
    : h("span", { "data-testid": "user-ban" }, "none")],
  tokensRevokedBefore ? ["Tokens", `refused if issued before ${moment(tokensRevokedBefore)}`] : null,
]);

const buttons = ({ user, online, ban }, actions, then) => {
  const button = (name, word, kind, isOff) => h("button", {
    class: kind, disabled: isOff, "data-testid": name, "data-key": name, onclick: () => actions[name](user).then(then),
  }, word);
  return [
    button("disconnect", "Disconnect", "quiet", !online), button("kick", "Kick", "quiet", !online),
    ban ? button("unban", "Lift the ban", null) : button("ban", "Ban", "danger"),
  ];
};

const sessionTable = sessions => table("Sessions", ["Session", "Node", "State"], sessions.map(({ session, node, connected }) => ({
  "data-testid": "session",
  cells: [h("code", {}, session), h("code", {}, node.slice(0, 8)),
    connected ? h("span", { class: "good" }, "connected") : h("span", { class: "faint" }, "may come back")],
})), "No session.");
