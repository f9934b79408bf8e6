import { describe, expect, test } from "vitest";
import { RealtimeClient, RealtimeError, type Publication } from "../src/index.js";
import { Pair, subscribed, welcome } from "./kit.js";

const code = (error: string) => expect.objectContaining({ name: "RealtimeError", code: error }) as unknown;

describe("A loop over a subscription", () => {
  test("yields each publication once, across a cut, and ends with the subscription", async () => {
    const pair = new Pair(), subscription = pair.client.subscribe("chat:1");
    const loop = (async () => {
      const seen: Publication[] = [];
      for await (const publication of subscription) seen.push(publication);
      return seen.map(({ data }) => data);
    })();
    await pair.connect();
    await pair.publication(1);
    await pair.server.end(1006);
    await pair.reconnect({ epoch: "e1", seq: 1 });
    await pair.publication(2);
    subscription.unsubscribe();
    expect(await loop).toEqual(["p1", "p2"]);
  });

  test("does not mix up what several loops read", async () => {
    const pair = new Pair(), subscription = pair.client.subscribe("chat:1");
    const first = subscription[Symbol.asyncIterator](), second = subscription[Symbol.asyncIterator]();
    await pair.connect();
    await pair.publication(1);
    expect([await first.next(), await second.next()]).toMatchObject([{ value: { seq: 1 } }, { value: { seq: 1 } }]);
  });

  test("ends with the refusal of the server", async () => {
    const pair = new Pair(), next = pair.client.subscribe("chat:1")[Symbol.asyncIterator]().next();
    const refused = expect(next).rejects.toEqual(code("forbidden"));
    await pair.connect();
    await pair.server.send({ type: "unsubscribed", channel: "chat:1", payload: { code: "forbidden", reason: "r", retryable: false } });
    await refused;
  });

  test("ends with an error when the server will not have the client back, and without one when it is closed", async () => {
    const refused = new Pair(), closed = new Pair();
    const one = expect(refused.client.subscribe("chat:1")[Symbol.asyncIterator]().next()).rejects.toEqual(code("closed"));
    const two = closed.client.subscribe("chat:1")[Symbol.asyncIterator]().next();
    await refused.connect();
    await refused.server.end(4031);
    await one;
    await closed.connect();
    closed.client.close();
    expect(await two).toEqual({ done: true, value: undefined });
  });

  test("that is not read ends with overflow after what fits", async () => {
    const pair = new Pair({ bufferLimit: 2 }), iterator = pair.client.subscribe("chat:1")[Symbol.asyncIterator]();
    await pair.connect();
    for (const seq of [1, 2, 3]) await pair.publication(seq);
    expect([await iterator.next(), await iterator.next()]).toMatchObject([{ value: { seq: 1 } }, { value: { seq: 2 } }]);
    await expect(iterator.next()).rejects.toEqual(code("overflow"));
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test("that is left keeps nothing", async () => {
    const pair = new Pair(), subscription = pair.client.subscribe("chat:1");
    const loop = (async () => { for await (const { seq } of subscription) return seq; return 0; })();
    await pair.connect();
    await pair.publication(1);
    expect(await loop).toBe(1);
    await pair.publication(2);
    expect(subscription.position?.seq).toBe(2);
  });
});

describe("A subscription", () => {
  test("is asked for with its options, and afterwards with its position instead of the latest", async () => {
    const pair = new Pair();
    await pair.connect();
    pair.client.subscribe("chat:1", { last: 10, presence: true });
    const command = await pair.server.command();
    expect(command).toMatchObject({ type: "subscribe", channel: "chat:1", payload: { last: 10, presence: true } });
    await pair.server.send({ type: "ack", id: command["id"], channel: "chat:1", payload: { epoch: "e", seq: 3, recovered: true, missed: 0, snapshot: false } });
    await pair.server.end(1006);
    await pair.server.clock.advance(250);
    await pair.server.accept();
    await pair.server.command();
    expect((await pair.server.command())["payload"]).toEqual({ presence: true, from: { epoch: "e", seq: 3 } });
  });

  test("goes on from a stored position", async () => {
    const pair = new Pair();
    await pair.connect();
    pair.client.subscribe("chat:1", { from: { epoch: "e", seq: 5 } });
    expect((await pair.server.command())["payload"]).toEqual({ from: { epoch: "e", seq: 5 } });
  });

  test("of a channel that has one is refused, until that one has ended", async () => {
    const pair = new Pair(), first = pair.client.subscribe("chat:1");
    expect(() => pair.client.subscribe("chat:1")).toThrow(RealtimeError);
    first.unsubscribe();
    expect(pair.client.subscribe("chat:1")).not.toBe(first);
  });

  test("hears signals, joins and leaves without their envelope", async () => {
    const pair = new Pair(), subscription = pair.client.subscribe("chat:1", { presence: true }), heard: unknown[] = [];
    subscription.on("signal", (signal) => heard.push(signal));
    subscription.on("join", (member) => heard.push(member));
    subscription.on("leave", (member) => heard.push(member));
    await pair.connect();
    await pair.server.send({ type: "signal", channel: "chat:1", from: "bob", key: "typing", payload: true });
    await pair.server.send({ type: "join", channel: "chat:1", user: "bob", info: { name: "Bob" } });
    await pair.server.send({ type: "leave", channel: "chat:1", user: "bob" });
    expect(heard).toEqual([{ from: "bob", key: "typing", data: true }, { user: "bob", info: { name: "Bob" } }, { user: "bob" }]);
  });

  test("tells a hole that asking again did not fill, and goes on", async () => {
    const pair = new Pair(), subscription = pair.client.subscribe("chat:1"), heard: unknown[] = [];
    subscription.on("gap", (gap) => heard.push(gap));
    subscription.on("publication", ({ seq }) => heard.push(seq));
    await pair.connect();
    await pair.publication(3);
    await pair.answer();
    await pair.server.send({ type: "ack", id: (await pair.server.command())["id"], channel: "chat:1", payload: { epoch: "e1", seq: 3, recovered: true, missed: 3, snapshot: false } });
    await pair.publication(3);
    expect(heard).toEqual([{ from: 1, to: 2, reason: "lost" }, 3]);
  });

  test("settles a promise when the server has taken it up, or refused it", async () => {
    const pair = new Pair(), good = pair.client.subscribe("chat:1"), bad = pair.client.subscribe("chat:2");
    const taken = good.whenSubscribed(), refused = expect(bad.whenSubscribed()).rejects.toEqual(code("forbidden"));
    pair.client.connect();
    await pair.server.accept();
    const [auth, one, two] = [await pair.server.command(), await pair.server.command(), await pair.server.command()];
    await pair.server.send(welcome(auth["id"]));
    await pair.server.send({ type: "error", id: two["id"], channel: "chat:2", payload: { code: "forbidden", message: "no", retryable: false } });
    await refused;
    await expect(bad.whenSubscribed()).rejects.toEqual(code("forbidden"));
    await pair.server.send(subscribed(one, { epoch: "e", seq: 0 }));
    await taken;
    await pair.server.end(1006);
    await good.whenSubscribed();
  });

  test("that ends before it was taken up rejects that promise", async () => {
    const pair = new Pair(), given = pair.client.subscribe("chat:1"), kept = pair.client.subscribe("chat:2");
    const ends = [given, kept].map((subscription) => expect(subscription.whenSubscribed()).rejects.toEqual(code("closed")));
    pair.client.connect();
    given.unsubscribe();
    pair.client.close();
    await Promise.all(ends);
    await expect(given.whenSubscribed()).rejects.toEqual(code("closed"));
  });

  test("has the types that the application gives it", async () => {
    const pair = new Pair(), subscription = pair.client.subscribe<string, { typing: boolean }>("chat:1"), heard: (string | boolean)[] = [];
    subscription.on("publication", ({ data }) => heard.push(data.toUpperCase()));
    subscription.on("signal", ({ data }) => heard.push(data.typing));
    await pair.connect();
    await pair.publication(1);
    await pair.server.send({ type: "signal", channel: "chat:1", from: "bob", payload: { typing: true } });
    const page = pair.client.history<string>("chat:1").then(({ publications }) => publications.map(({ data }) => data.length));
    await pair.answer({ publications: [{ seq: 1, ts: 1, from: "bob", payload: "p1" }], epoch: "e1", seq: 1, more: false });
    expect([heard, await page]).toEqual([["P1", true], [2]]);
  });

  test("does not hear what belongs to one that was given up before", async () => {
    const pair = new Pair();
    pair.client.subscribe("chat:1").unsubscribe();
    const heard: number[] = [];
    await pair.connect();
    const old = pair.client.subscribe("chat:1");
    await pair.server.command();
    old.unsubscribe();
    pair.client.subscribe("chat:1").on("publication", ({ seq }) => heard.push(seq));
    await pair.publication(1);
    expect(heard).toEqual([]);
  });
});

describe("An option that is undefined", () => {
  test("is as one that was left out", async () => {
    const pair = new Pair({ queueLimit: undefined, codec: undefined });
    await pair.connect();
    pair.client.subscribe("chat:1", { from: undefined, last: undefined, presence: undefined });
    void pair.client.publish("chat:1", "a", { key: undefined, mid: undefined, signal: undefined });
    void pair.client.history("chat:1", { from: undefined, limit: undefined });
    const [subscribe, publish, history] = [await pair.server.command(), await pair.server.command(), await pair.server.command()];
    expect(subscribe).toEqual({ type: "subscribe", id: expect.any(String) as string, channel: "chat:1" });
    expect(publish["payload"]).toEqual({ data: "a", mid: "mid-1" });
    expect(history["payload"]).toEqual({ limit: 100 });
  });
});

describe("A publish", () => {
  test("has a message id of its own, a new one each time", async () => {
    const pair = new Pair();
    await pair.connect();
    void pair.client.publish("chat:1", "a");
    void pair.client.publish("chat:2", "b", { key: "k" });
    expect([await pair.server.command(), await pair.server.command()]).toMatchObject([{ payload: { data: "a", mid: "mid-1" } }, { payload: { data: "b", mid: "mid-2", key: "k" } }]);
  });

  test("that finds the queue full is refused, or takes the place of the oldest", async () => {
    const strict = new Pair({ queueLimit: 1 }), loose = new Pair({ queueLimit: 1, queuePolicy: "drop-oldest" });
    void strict.client.publish("chat:1", "old");
    await expect(strict.client.publish("chat:1", "new")).rejects.toEqual(code("queue_full"));
    const old = loose.client.publish("chat:1", "old");
    void loose.client.publish("chat:1", "new");
    await expect(old).rejects.toEqual(code("queue_full"));
    await loose.connect();
    expect(await loose.server.command()).toMatchObject({ payload: { data: "new" } });
  });

  test("waits for room, which is there once less than half of the queue is taken", async () => {
    const pair = new Pair({ queueLimit: 4 }), controller = new AbortController(), told: string[] = [];
    await pair.client.whenRoom();
    const published = [1, 2, 3, 4].map((data) => pair.client.publish("chat:1", data));
    const room = pair.client.whenRoom().then(() => told.push("room"));
    const aborted = expect(pair.client.whenRoom({ signal: controller.signal })).rejects.toEqual(code("aborted"));
    controller.abort();
    await aborted;
    await pair.connect();
    for (const seq of [1, 2]) await pair.answer({ epoch: "e", seq, duplicate: false });
    await published[1];
    expect(told).toEqual([]);
    await pair.answer({ epoch: "e", seq: 3, duplicate: false });
    await room;
    expect(told).toEqual(["room"]);
  });

  test("does not wait for room for ever when the client is closed", async () => {
    const pair = new Pair({ queueLimit: 1 });
    await pair.connect();
    const refused = expect(pair.client.publish("chat:1", 1)).rejects.toEqual(code("closed")), room = pair.client.whenRoom();
    pair.client.close();
    await refused;
    await room;
  });

  test("that was aborted is not sent", async () => {
    const pair = new Pair(), controller = new AbortController();
    const aborted = expect(pair.client.publish("chat:1", "old", { signal: controller.signal })).rejects.toEqual(code("aborted"));
    const published = pair.client.publish("chat:1", "new");
    controller.abort();
    await aborted;
    await pair.connect();
    expect(await pair.answer({ epoch: "e", seq: 1, duplicate: false })).toMatchObject({ payload: { data: "new" } });
    expect(await published).toMatchObject({ seq: 1 });
  });

  test("is refused when the client is closed", async () => {
    const pair = new Pair();
    await pair.connect();
    const refused = expect(pair.client.publish("chat:1", 1)).rejects.toEqual(code("closed"));
    pair.client.close();
    await refused;
  });

  test("to one channel does not wait for another", async () => {
    const pair = new Pair();
    await pair.connect();
    for (const channel of ["chat:1", "chat:1", "chat:2"]) void pair.client.publish(channel, 1);
    expect([await pair.server.command(), await pair.server.command()]).toMatchObject([{ channel: "chat:1" }, { channel: "chat:2" }]);
    expect(pair.server.acts).toEqual([]);
  });
});

describe("A question", () => {
  test("waits for the connection, and is asked again when it was lost", async () => {
    const pair = new Pair(), page = pair.client.history("chat:1", { limit: 2, reverse: true });
    await pair.connect();
    expect(await pair.server.command()).toMatchObject({ type: "history", channel: "chat:1", payload: { limit: 2, reverse: true } });
    await pair.server.end(1006);
    await pair.reconnect();
    await pair.answer({ publications: [{ seq: 1, ts: 1, from: "bob", payload: "p1" }], epoch: "e", seq: 1, more: false });
    expect((await page).publications).toEqual([{ seq: 1, ts: 1, from: "bob", data: "p1" }]);
  });

  test("is answered with who is there", async () => {
    const pair = new Pair();
    await pair.connect();
    const members = pair.client.presence("chat:1");
    await pair.answer({ members: [{ user: "bob" }], count: 1, truncated: false });
    expect(await members).toEqual({ members: [{ user: "bob" }], count: 1, truncated: false });
  });

  test("ends when it is aborted", async () => {
    const pair = new Pair(), controller = new AbortController();
    const aborted = expect(pair.client.presence("chat:1", { signal: controller.signal })).rejects.toEqual(code("aborted"));
    controller.abort();
    await aborted;
  });
});

describe("A call", () => {
  test("is answered with data, binary as bytes", async () => {
    const pair = new Pair();
    await pair.connect();
    const [text, bytes] = [pair.client.call("a", 1), pair.client.call("b", Uint8Array.of(1))];
    expect(await pair.answer({ data: "one" })).toMatchObject({ payload: { method: "a", data: 1 } });
    expect(await pair.answer({ data: "AQI=", encoding: "base64" })).toMatchObject({ payload: { encoding: "base64", data: "AQ==" } });
    expect([await text, await bytes]).toEqual(["one", Uint8Array.of(1, 2)]);
  });

  test("is not repeated when the connection was lost", async () => {
    const pair = new Pair();
    await pair.connect();
    const lost = expect(pair.client.call("a", 1)).rejects.toEqual(code("disconnected"));
    await pair.server.command();
    await pair.server.end(1006);
    await lost;
    await pair.reconnect();
    expect(pair.server.acts).toEqual([]);
  });
});

describe("A signal", () => {
  test("is sent now or not at all", async () => {
    const pair = new Pair();
    expect(pair.client.signal("chat:1", true)).toBe(false);
    await pair.connect();
    expect(pair.client.signal("chat:1", { typing: true }, { key: "typing" })).toBe(true);
    expect(await pair.server.command()).toEqual({ type: "signal", channel: "chat:1", payload: { data: { typing: true }, key: "typing" } });
  });

  test("that is throttled is sent at once, then the newest of each key once per interval", async () => {
    const pair = new Pair(), hold = { throttleMs: 50 };
    await pair.connect();
    const sent = async (): Promise<unknown[]> => {
      const all: unknown[] = [];
      while (pair.server.acts.length > 0) all.push((await pair.server.command())["payload"]);
      return all;
    };
    for (const x of [1, 2, 3]) expect(pair.client.signal("game:1", x, hold)).toBe(true);
    pair.client.signal("game:1", "other key", { key: "k", ...hold });
    pair.client.signal("game:2", "other channel", hold);
    expect(await sent()).toEqual([{ data: 1 }, { data: "other key", key: "k" }, { data: "other channel" }]);
    await pair.server.clock.advance(49);
    expect(await sent()).toEqual([]);
    await pair.server.clock.advance(1);
    expect(await sent()).toEqual([{ data: 3 }]);
    pair.client.signal("game:1", 4, hold);
    expect(await sent()).toEqual([]);
    await pair.server.clock.advance(100);
    expect(await sent()).toEqual([{ data: 4 }]);
    pair.client.signal("game:1", 5, hold);
    expect(await sent()).toEqual([{ data: 5 }]);
  });

  test("that is held back is not sent once the connection is gone", async () => {
    const pair = new Pair(), hold = { throttleMs: 50 };
    await pair.connect();
    for (const x of [1, 2]) pair.client.signal("game:1", x, hold);
    await pair.server.command();
    await pair.server.end(1006);
    await pair.server.clock.advance(50);
    expect(pair.server.acts).toEqual([]);
  });

  test("that is refused is an error event", async () => {
    const pair = new Pair(), errors: RealtimeError[] = [];
    pair.client.on("error", (error) => errors.push(error));
    await pair.connect();
    await pair.server.send({ type: "error", channel: "chat:1", payload: { code: "forbidden", message: "no", retryable: false } });
    expect(errors).toEqual([code("forbidden")]);
  });
});

describe("A page that is looked at again", () => {
  test("does not wait for the next attempt", async () => {
    const pair = new Pair();
    await pair.connect();
    await pair.server.end(1006);
    pair.server.wake();
    await pair.server.accept();
    expect(await pair.server.command()).toMatchObject({ type: "auth" });
  });

  test("tries again at once when the attempt under way, which began before, comes to nothing", async () => {
    const pair = new Pair();
    await pair.connect();
    await pair.server.end(1006);
    await pair.server.clock.advance(250);
    const { socket } = await pair.server.next("opens");
    pair.server.wake();
    socket.end(1006);
    await pair.server.refuse();

    // It is no loop: what was tried after it waits as any other, and the shortest time first.
    expect(pair.server.acts).toEqual([]);
    await pair.server.clock.advance(250);
    await pair.server.accept();
  });

  test("finds out whether its line is dead", async () => {
    const pair = new Pair(), states: string[] = [];
    await pair.connect();
    pair.client.on("state", ({ state }) => states.push(state));
    pair.server.wake();
    expect(await pair.server.command()).toMatchObject({ type: "ping" });
    await pair.server.clock.advance(10_000);
    expect(states).toEqual(["connecting"]);
  });

  test("keeps the time that the server named", async () => {
    const pair = new Pair();
    await pair.connect();
    await pair.server.send({ type: "reconnect", payload: { after: 5000, reason: "draining" } });
    await pair.server.end(4503);
    pair.server.wake();
    await pair.server.clock.advance(4999);
    expect(pair.server.acts).toEqual([]);
    await pair.server.clock.advance(1);
    await pair.server.accept();
  });

  test("is no matter once the client is closed", async () => {
    const pair = new Pair();
    await pair.connect();
    pair.client.close();
    await pair.server.next("closes");
    pair.server.wake();
    expect(pair.server.acts).toEqual([]);
  });
});

describe("A client", () => {
  test("without a token connects anonymously, and does not come back when that is refused", async () => {
    const pair = new Pair();
    pair.client.connect();
    await pair.server.accept();
    expect(await pair.server.command()).toMatchObject({ type: "auth", payload: { v: 1 } });
    await pair.server.end(4001);
    expect(pair.client.state).toBe("closed");
  });

  test("stops when its provider says for good that there is no token", async () => {
    const pair = new Pair({ token: () => { throw new RealtimeError("unauthenticated", "logged out"); } });
    const reasons: string[] = [];
    pair.client.on("state", ({ reason }) => reasons.push(reason));
    pair.client.connect();
    await pair.server.clock.advance(0);
    expect(pair.client.state).toBe("closed");
    expect(reasons.at(-1)).toBe("logged out");
  });

  test("knows its user", async () => {
    const pair = new Pair();
    expect(pair.client.user).toBeUndefined();
    await pair.connect();
    expect(pair.client.user).toBe("anon:1");
  });

  test("without a WebSocket in reach says so at once", () => {
    expect(() => new RealtimeClient("ws://server", { transports: ["websocket"], environment: { WebSocket: undefined } })).toThrow(TypeError);
  });

  test("asks for its encoding in the handshake", async () => {
    const pair = new Pair();
    pair.client.connect();
    const { socket } = await pair.server.next("opens");
    expect([socket.url, socket.protocols]).toEqual(["ws://server/v1/ws", ["realtime.v1.json"]]);
  });

  test("leaves a connection on which something malformed came, and resumes on another", async () => {
    const pair = new Pair(), subscription = pair.client.subscribe("chat:1");
    await pair.connect();
    await pair.publication(1);
    await pair.server.send("{");
    await pair.server.next("closes");
    expect(pair.client.state).toBe("connecting");
    await pair.reconnect({ epoch: "e1", seq: 1 });
    expect([pair.client.state, subscription.isLive]).toEqual(["connected", true]);
  });

  test("survives a handler that throws, and lets it be seen", async () => {
    const pair = new Pair(), heard: string[] = [], faults: unknown[] = [];
    const onFault = (fault: unknown) => faults.push(fault);
    process.prependOnceListener("uncaughtException", onFault);
    const listeners = process.listeners("uncaughtException").filter((listener) => listener !== onFault);
    for (const listener of listeners) process.off("uncaughtException", listener);
    pair.client.on("state", () => { throw new Error("a fault of the application"); });
    pair.client.on("state", ({ state }) => heard.push(state));
    pair.client.connect();
    await pair.server.clock.advance(0);
    for (const listener of listeners) process.on("uncaughtException", listener);
    expect(heard).toEqual(["connecting"]);
    expect(faults).toHaveLength(1);
  });

  test("does not call a handler that was taken off", async () => {
    const pair = new Pair(), heard: string[] = [];
    pair.client.on("state", ({ state }) => heard.push(state))();
    await pair.connect();
    expect(heard).toEqual([]);
  });
});
