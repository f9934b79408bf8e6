// All nodes at a glance.

import { lineChart } from "../chart-view.js";
import { card, h, put, table } from "../dom.js";
import { age, bytes, closeTone, closeWord, count, duration, percent, rate } from "../format.js";
import { liveNodes, mergeChannels, seriesOf, sum, tally, totals } from "../model.js";
import { channelTable } from "./parts.js";

const tile = (name, value, note) => h("div", { class: "tile", "data-testid": `tile-${name}` },
  h("dt", {}, name), h("dd", {}, h("b", {}, value), note ? h("span", { class: "faint" }, note) : null));

const bars = (rows, empty, word = () => "", tone = () => "calm") => rows.length === 0 ? h("p", { class: "empty" }, empty)
  : h("table", { class: "bars" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "What"), h("th", { scope: "col", class: "number" }, "Since start"), h("th", { scope: "col", class: "number" }, "While watching"))),
    h("tbody", {}, rows.slice(0, 8).map(({ name, total, fresh }) => h("tr", { "data-name": name },
      h("th", { scope: "row" }, h("span", { class: `dot ${tone(name)}`, "aria-hidden": "true" }), name, h("span", { class: "faint" }, " ", word(name))),
      h("td", { class: "number" }, count(total)), h("td", { class: "number" }, fresh > 0 ? `+${count(fresh)}` : "0")))));

export function mount(main) {
  const messages = lineChart("Messages per second", [
    { name: "Out", pick: point => point.out, tone: "one", area: true }, { name: "In", pick: point => point.in, tone: "two" },
  ], count);
  const latency = lineChart("Publish to write", [
    { name: "p99", pick: point => point.p99, tone: "three", area: true }, { name: "p50", pick: point => point.p50, tone: "one" },
  ], duration);
  const connections = lineChart("Connections", [{ name: "Open", pick: point => point.connections, tone: "two", area: true }], count);
  const tiles = h("dl", { class: "tiles" }), nodes = h("div", {}), channels = h("div", {});
  const closes = h("div", {}), recoveries = h("div", {}), refusals = h("div", {}), losses = h("div", {});
  main.append(h("h1", { class: "hidden" }, "Overview"), tiles,
    h("div", { class: "charts" }, messages.figure, latency.figure, connections.figure),
    card("Nodes", nodes), card("Busiest channels", channels),
    h("div", { class: "columns" }, card("Closes by reason", closes), card("Refusals", refusals),
      card("Recoveries by source", recoveries), card("Slow readers", losses)));

  return state => {
    const all = liveNodes(state), sum_ = totals(state), points = seriesOf(state);
    put(tiles,
      tile("Connections", count(sum_.websocket + sum_.sse), `${count(sum_.websocket)} WebSocket · ${count(sum_.sse)} SSE`),
      tile("Users", count(sum_.users), `${count(sum_.subscriptions)} subscriptions`),
      tile("Channels", count(sum_.channels), `on ${sum_.nodes} ${sum_.nodes === 1 ? "node" : "nodes"}`),
      tile("In", rate(sum_.in), `${bytes(sum_.bytesIn)}/s`),
      tile("Out", rate(sum_.out), `${bytes(sum_.bytesOut)}/s`),
      tile("Latency p99", duration(sum_.p99), `p50 ${duration(sum_.p50)}`),
      tile("Queued", bytes(sum_.queued), "for slow readers"));
    for (const chart of [messages, latency, connections]) chart.update(points, state.now);
    put(nodes, nodeTable(all, state.now));
    put(channels, channelTable(mergeChannels(all).slice(0, 8), "No channel has a subscriber."));
    put(closes, bars(tally(all, "closes"), "Nothing was closed.", closeWord, closeTone));
    put(refusals, bars(tally(all, "refusals"), "Nothing was refused.", () => "", () => "warn"));
    put(recoveries, bars(tally(all, "recoveries"), "Nobody came back.", name => recoveryWords[name] ?? "", name => name === "lost" ? "bad" : "calm"));
    put(losses, bars(tally(all, "losses"), "Everybody reads fast enough.", () => "", () => "warn"));
  };
}

const recoveryWords = { cache: "from the edge", buffer: "from the channel's memory", log: "from the store", lost: "not recovered" };

const nodeTable = (nodes, now) => table("Nodes",
  ["Node", "State", "#Up", "#WebSocket", "#SSE", "#Channels", "#In", "#Out", "#p99", "#Queued", "#Actors", "#CPU", "#Memory"],
  nodes.map(({ id, isSilent, sample }) => ({
    "data-testid": "node-row", "data-node": id,
    cells: [
      h("code", { title: id }, id.slice(0, 8)),
      isSilent ? h("span", { class: "bad" }, "silent") : sample.draining ? h("span", { class: "warn" }, "draining") : h("span", { class: "good" }, "up"),
      age(now - sample.startedAt), count(sample.connections.websocket ?? 0), count(sample.connections.sse ?? 0), count(sample.channels),
      rate(sample.rates.in), rate(sample.rates.out), duration(sample.delivery.p99), bytes(sample.queuedBytes), count(sum(sample.actors)),
      percent(sample.cpu), bytes(sample.memoryBytes),
    ],
  })), "Waiting for the first word of a node …");
