import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { empty, takeNode, takeAct, actsOn, mergePoints, seriesOf, totals, liveNodes, mergeChannels, tally, mostPoints } = await load("model.js");

const sample = (at, more = {}) => ({
  node: "a", at, startedAt: 0, draining: false, connections: { websocket: 2, sse: 1 }, users: 2, channels: 1, subscriptions: 3,
  rates: { in: 1, out: 10, bytesIn: 5, bytesOut: 50 }, delivery: { count: 1, p50: 1, p95: 2, p99: 3 }, turns: {}, opens: 3,
  closes: { 1000: 4 }, refusals: {}, recoveries: {}, losses: {}, queuedBytes: 7, actors: { channel: 1 }, cpu: 0.1, memoryBytes: 1, ...more,
});
const after = (...steps) => steps.reduce((state, [key, data, at]) => takeNode(state, key, data, at), empty);

test("a sample makes its node known, with a point", () => {
  const [node] = liveNodes(after(["a", sample(1000), 1000]));
  assert.equal(node.id, "a");
  assert.equal(node.isSilent, false);
  assert.deepEqual(node.points, [{ at: 1000, in: 1, out: 10, p50: 1, p99: 3, connections: 3 }]);
});

test("the past of a node fills in what came before, and a second has one point", () => {
  const state = after(["a", sample(3000), 3000], ["a/past", { points: [[1000, 5, 6, 1, 2, 3], [3100, 8, 9, null, null, 3]] }, 3200]);
  assert.deepEqual(state.nodes.a.points.map(point => [point.at, point.in]), [[1000, 5], [3100, 8]]);
});

test("points beyond five minutes are dropped, the oldest first", () => {
  const points = Array.from({ length: mostPoints + 5 }, (_, i) => ({ at: i * 1000 }));
  assert.equal(mergePoints(points, []).length, mostPoints);
  assert.equal(mergePoints(points, [])[0].at, 5000);
});

test("null takes a node away, and its parts change nothing", () => {
  const state = after(["a", sample(1000), 1000], ["a/past", null, 1500]);
  assert.equal(liveNodes(state).length, 1);
  assert.equal(liveNodes(takeNode(state, "a", null, 2000)).length, 0);
});

test("a node that says nothing falls silent, counts no more, and is gone after a minute", () => {
  const state = after(["a", sample(1000), 1000], ["b", sample(9000, { users: 40 }), 9000]);
  assert.deepEqual(liveNodes(state).map(node => [node.id, node.isSilent]), [["a", true], ["b", false]]);
  assert.equal(totals(state).users, 40);
  assert.deepEqual(liveNodes({ ...state, now: 65_000 }).map(node => node.id), ["b"]);
});

test("totals add up counts and rates, and take the worst latency", () => {
  const state = after(["a", sample(1000), 1000], ["b", sample(1000, { delivery: { p50: 9, p99: null } }), 1000]);
  const all = totals(state);
  assert.deepEqual([all.nodes, all.websocket, all.sse, all.in, all.out, all.queued], [2, 4, 2, 2, 20, 14]);
  assert.deepEqual([all.p50, all.p99], [9, 3]);
});

test("the series of all nodes adds up what they say of the same second", () => {
  const state = after(["a", sample(1000), 1000], ["b", sample(1400), 1400], ["b", sample(2000), 2000]);
  assert.deepEqual(seriesOf(state).map(point => [point.at, point.out, point.p99]), [[1000, 20, 3], [2000, 10, 3]]);
});

test("a channel on two nodes is one: subscribers add up, the rate does not", () => {
  const one = { channel: "c", subscribers: 2, rate: 5, seq: 7, behind: 1, lag: 3 };
  const [merged] = mergeChannels([{ channels: [one] }, { channels: [{ ...one, subscribers: 3, rate: 4, lag: 9 }] }]);
  assert.deepEqual(merged, { channel: "c", subscribers: 5, rate: 5, seq: 7, behind: 2, lag: 9, nodes: 2 });
});

test("channels are ordered by rate, then by subscribers, then by name", () => {
  const of = (channel, rate, subscribers) => ({ channel, rate, subscribers, seq: 0, behind: 0, lag: 0 });
  const merged = mergeChannels([{ channels: [of("b", 1, 1), of("a", 1, 1), of("c", 1, 2), of("d", 9, 0)] }]);
  assert.deepEqual(merged.map(one => one.channel), ["d", "c", "a", "b"]);
});

test("a tally counts since the start, and what is fresh since the page was opened", () => {
  const state = after(["a", sample(1000), 1000], ["a", sample(2000, { closes: { 1000: 6, 4030: 1 } }), 2000]);
  assert.deepEqual(tally(liveNodes(state), "closes"), [{ name: "1000", total: 6, fresh: 2 }, { name: "4030", total: 1, fresh: 1 }]);
});

test("acts are the newest first, and each stands once", () => {
  const act = (seq, at) => ({ seq, at, user: "bob", channel: seq === 2 ? "c" : undefined });
  const state = [act(1, 10), act(2, 20), act(1, 10)].reduce(takeAct, empty);
  assert.deepEqual(state.acts.map(one => one.seq), [2, 1]);
  assert.deepEqual(actsOn(state, { user: "bob" }).length, 2);
  assert.deepEqual(actsOn(state, { channel: "c" }).map(one => one.seq), [2]);
});
