import { describe, expect, test } from "vitest";
import { diffOf, followRoster, joined, left, rosterOf, type Roster } from "../src/index.js";
import { Pair } from "./kit.js";

const roster = (...users: string[]): Roster => rosterOf({ members: users.map((user) => ({ user })), count: users.length, truncated: false });

describe("A roster", () => {
  test("takes joins and leaves, twice without harm, and is not changed by them", () => {
    const before = roster("ann");
    const after = left(joined(joined(before, { user: "bob" }), { user: "bob", info: 1 }), { user: "ann" });
    expect([...left(after, { user: "ann" }).values()]).toEqual([{ user: "bob", info: 1 }]);
    expect([...before.keys()]).toEqual(["ann"]);
  });

  test("differs from another by who came and who went", () => {
    expect(diffOf(roster("ann", "bob"), roster("bob", "eve"))).toEqual({ joined: [{ user: "eve" }], left: [{ user: "ann" }] });
  });
});

describe("Who follows a roster", () => {
  test("hears the state, then the changes, and after a reconnect only what changed", async () => {
    const pair = new Pair(), subscription = pair.client.subscribe("chat:1", { presence: true }), heard: string[] = [];
    const stop = followRoster(pair.client, subscription, (_, diff) => {
      heard.push([...diff.joined.map(({ user }) => `+${user}`), ...diff.left.map(({ user }) => `-${user}`)].join(" "));
    });
    await pair.connect();
    await pair.answer({ members: [{ user: "ann" }, { user: "bob" }], count: 2, truncated: false });
    await pair.server.send({ type: "join", channel: "chat:1", user: "eve" });
    await pair.server.send({ type: "join", channel: "chat:1", user: "eve" });
    await pair.server.send({ type: "leave", channel: "chat:1", user: "bob" });
    await pair.server.end(1006);
    await pair.reconnect();
    await pair.answer({ members: [{ user: "eve" }, { user: "bob" }], count: 2, truncated: false });
    stop();
    await pair.server.send({ type: "join", channel: "chat:1", user: "zoe" });
    expect(heard).toEqual(["+ann +bob", "+eve", "-bob", "+bob -ann"]);
  });

  test("does not lose a change that overtakes the answer", async () => {
    const pair = new Pair(), subscription = pair.client.subscribe("chat:1", { presence: true });
    let last: Roster = new Map();
    followRoster(pair.client, subscription, (now) => { last = now; });
    await pair.connect();
    const { id } = await pair.server.command();
    await pair.server.send({ type: "leave", channel: "chat:1", user: "bob" });
    await pair.server.send({ type: "ack", id, channel: "chat:1", payload: { members: [{ user: "ann" }, { user: "bob" }], count: 2, truncated: false } });
    expect([...last.keys()]).toEqual(["ann"]);
  });
});
