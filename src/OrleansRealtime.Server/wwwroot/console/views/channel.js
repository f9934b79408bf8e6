// One channel: where it stands, who is there, who may do what, and what was last said.

import { card, facts, h, put, table } from "../dom.js";
import { age, bytes, count, moment, rate } from "../format.js";
import { actsOn, liveNodes, mergeChannels } from "../model.js";
import { actTable, failure, userLink } from "./parts.js";

const refreshEvery = 3000;

export function mount(main, { api, actions, param: name }) {
  const head = h("div", {}), live = h("div", {}), roster = h("div", {}), grants = h("div", {}), items = h("div", {}), acts = h("div", {});
  main.append(h("p", {}, h("a", { href: "#/channels" }, "← Channels")), h("h1", { "data-testid": "channel-name" }, name),
    card("Position and retention", live, head),
    h("div", { class: "columns" }, card("Who is there", roster), card("Grants", grants)),
    card("Last publications", items), card("Acts in this channel", acts));
  put(head, h("p", { class: "empty" }, "Loading…"));

  let timer = 0, isOver = false;
  const load = async () => {
    clearTimeout(timer);
    try {
      const [channel, presence, history] = await Promise.all([api.channel(name), api.presence(name), api.history(name)]);
      if (isOver) return;
      put(head, position(channel));
      put(roster, members(presence, actions, load));
      put(grants, grantTable(channel.grants));
      put(items, publications(history.publications));
    } catch (error) {
      if (!isOver) put(head, failure(error.message, load));
    }
    if (!isOver) timer = setTimeout(load, refreshEvery);
  };
  load();

  const update = state => {
    const one = mergeChannels(liveNodes(state)).find(channel => channel.channel === name);
    put(live, one
      ? h("p", { "data-testid": "channel-live" }, `${rate(one.rate)} to ${count(one.subscribers)} ${one.subscribers === 1 ? "subscriber" : "subscribers"}, ${count(one.behind)} of them behind, at most ${count(one.lag)} publications.`)
      : h("p", { class: "faint" }, "Not among the busiest channels of any node now."));
    put(acts, actTable(actsOn(state, { channel: name }), "Nobody changed its grants."));
  };
  return Object.assign(update, { end: () => { isOver = true; clearTimeout(timer); } });
}

const position = ({ epoch, seq, oldest, bufferedBytes, members, edges, guarantee }) => facts([
  ["Position", h("span", { "data-testid": "channel-seq" }, seq)],
  ["Epoch", h("code", {}, epoch || "–")],
  ["In memory", seq >= oldest ? `${count(seq - oldest + 1)} from ${oldest} on, ${bytes(bufferedBytes)}` : "nothing"],
  ["Durability", guarantee.durability],
  ["Keeps", guarantee.count > 0 ? `${count(guarantee.count)}, ${bytes(guarantee.bytes)}, ${age(guarantee.ageMs)}` : "nothing"],
  ["Slow readers", guarantee.slowReader],
  guarantee.compact ? ["Compact", "the latest of each key"] : null,
  ["Present", count(members)],
  ["On nodes", edges.length === 0 ? "none" : edges.map(edge => h("code", {}, `${edge.slice(0, 8)} `))],
]);

const members = ({ members, count: all, truncated, off }, actions, then) => off ? h("p", { class: "empty" }, off) : [
  table("Members", ["User", "Acts"], members.map(({ user }) => ({
    "data-testid": "member", "data-user": user, "data-key": user,
    cells: [userLink(user), h("span", { class: "row" },
      h("button", { class: "small quiet", onclick: () => actions.kick(user).then(then), "aria-label": `Kick ${user}` }, "Kick"),
      h("button", { class: "small danger", onclick: () => actions.ban(user).then(then), "aria-label": `Ban ${user}` }, "Ban"))],
  })), "Nobody is present."),
  truncated ? h("p", { class: "faint" }, `${count(members.length)} of ${count(all)} are listed.`) : null,
];

const grantTable = grants => table("Grants", ["User", "Allowed", "Denied"], grants.map(({ user, allowed, denied }) => ({
  cells: [userLink(user), allowed.join(", ") || "–", h("span", { class: denied.length > 0 ? "bad" : null }, denied.join(", ") || "–")],
})), "No grants: the namespace's policy decides alone.");

const publications = items => table("Last publications", ["#Number", "Time", "From", "Key", "Payload"], items.map(one => ({
  "data-testid": "publication", "data-key": one.seq,
  cells: [
    one.seq, moment(one.ts), one.from.startsWith("$") ? one.from : userLink(one.from), one.key ?? "–",
    h("code", { class: "payload" }, text(one)),
  ],
})), "Nothing is kept.");

const text = ({ payload, encoding }) => encoding === "base64" ? `binary, ${payload.length} characters of base64` : cut(JSON.stringify(payload));
const cut = whole => whole.length > 400 ? `${whole.slice(0, 400)}…` : whole;
