// What several views show.

import { h, table } from "../dom.js";
import { clock, count, moment, rate } from "../format.js";

export const channelLink = channel => h("a", { href: `#/channel/${encodeURIComponent(channel)}` }, channel);
export const userLink = user => h("a", { href: `#/user/${encodeURIComponent(user)}` }, user);

export const channelTable = (channels, empty) => table(
  "Channels", ["Channel", "#Rate", "#Subscribers", "#Behind", "#Lag", "#Nodes"],
  channels.map(one => ({
    "data-testid": "channel-row", "data-channel": one.channel,
    cells: [
      channelLink(one.channel), rate(one.rate), count(one.subscribers),
      h("span", { class: one.behind > 0 ? "warn" : null }, count(one.behind)), h("span", { class: one.lag > 100 ? "warn" : null }, count(one.lag)), one.nodes,
    ],
  })), empty);

const outcome = act => h("span", { class: act.outcome === "done" ? "good" : "bad" }, act.outcome, act.result ? h("span", { class: "faint" }, ` · ${act.result}`) : null);

export const actTable = (acts, empty) => table(
  "Administrative acts", ["Time", "By", "Act", "To", "Channel", "Detail", "Outcome"],
  acts.map(act => ({
    "data-testid": "act", "data-act": act.act, "data-user": act.user,
    cells: [
      h("time", { datetime: new Date(act.at).toISOString(), title: moment(act.at) }, isToday(act.at) ? clock(act.at) : moment(act.at)),
      act.by, act.act, userLink(act.user), act.channel ? channelLink(act.channel) : "–", act.detail ?? "–", outcome(act),
    ],
  })), empty);

const isToday = at => new Date(at).toDateString() === new Date().toDateString();

// A form with one field that leads to a page of its own.
export const lookFor = (kind, label, hint, pattern) => h("form", {
  class: "look card", role: "search", "data-testid": `look-${kind}`, "data-key": `look-${kind}`,
  onsubmit: event => {
    event.preventDefault();
    const name = new FormData(event.target).get("name").trim();
    if (name) location.hash = `#/${kind}/${encodeURIComponent(name)}`;
  },
}, h("label", { for: `look-${kind}` }, label), h("div", { class: "row" },
  h("input", { id: `look-${kind}`, name: "name", required: true, maxlength: 200, placeholder: hint, autocomplete: "off", autocapitalize: "none", spellcheck: "false", pattern }),
  h("button", {}, "Look")));

export const failure = (text, again) => h("div", { class: "empty bad", role: "alert", "data-key": text },
  h("p", {}, text), h("button", { class: "quiet", onclick: again }, "Try again"));
