import { describe, expect, test } from "vitest";
import { RealtimeClient, type RealtimeClientOptions } from "../src/index.js";
import { EventStreamParser, type StreamEvent } from "../src/transports/event-stream.js";
import { FakeHttp, type FakeRequest } from "./fake-http.js";
import { FakeServer } from "./fake-server.js";
import { subscribed, welcome } from "./kit.js";
import { settled } from "./virtual-clock.js";

class EventsPair {
  readonly server = new FakeServer();
  readonly http = new FakeHttp();
  readonly heard: unknown[] = [];
  readonly client: RealtimeClient;

  constructor(options: RealtimeClientOptions = {}) {
    const environment = { ...this.server.environment, fetch: this.http.fetch };
    this.client = new RealtimeClient("https://server", { token: () => "t-1", transports: ["events"], environment, ...options });
  }

  follow(channel: string): void {
    const subscription = this.client.subscribe(channel);
    subscription.on("publication", ({ seq }) => this.heard.push(seq));
    subscription.on("subscribed", ({ recovered }) => this.heard.push(recovered ? "recovered" : "lost"));
    subscription.on("reset", () => this.heard.push("reset"));
    subscription.on("unsubscribed", ({ code }) => this.heard.push(code));
  }

  async stream(seq = 0, options: { epoch?: string; missed?: number; channels?: string[] } = {}): Promise<FakeRequest> {
    const stream = await this.http.next("/v1/sse");
    await stream.stream();
    await stream.send(welcome(undefined) as { type: string });
    for (const channel of options.channels ?? stream.url.searchParams.get("channels")!.split(",")) {
      const ack = subscribed({ id: undefined, channel }, { epoch: options.epoch ?? "e1", seq }) as { type: string; payload: object };
      await stream.send({ ...ack, payload: { ...ack.payload, missed: options.missed ?? 0 } });
    }
    return stream;
  }
}

const publication = (seq: number, channel = "chat:1") => ({ type: "publication", channel, seq, ts: 1, from: "bob", payload: seq });

describe("The parser of event streams", () => {
  const parse = (...chunks: string[]): StreamEvent[] => {
    const events: StreamEvent[] = [], parser = new EventStreamParser((event) => events.push(event));
    for (const chunk of chunks) parser.feed(chunk);
    return events;
  };

  test("joins lines of data, and takes chunks as they come", () => {
    expect(parse("event: x\nda", "ta: {\ndata: }\r\n\n", "data:a\n\n")).toEqual([{ data: "{\n}" }, { data: "a" }]);
  });

  test("tells ids and comments, and passes over what it does not know", () => {
    expect(parse(": still here\n\nid: 1abc\n\nretry: 5\nnoise\n\n")).toEqual(["comment", { id: "1abc" }]);
  });

  test("does not tell an event that has not ended", () => expect(parse("data: a\n")).toEqual([]));
});

describe("A client over server-sent events", () => {
  test("opens one stream for all channels, with its token in a header", async () => {
    const pair = new EventsPair();
    pair.follow("chat:1");
    pair.follow("chat:2");
    pair.client.connect();
    const stream = await pair.stream();
    expect(stream.url.search).toBe("?channels=chat%3A1%2Cchat%3A2");
    expect(stream.headers.get("Authorization")).toBe("Bearer t-1");
    expect(pair.client.state).toBe("connected");
    await stream.send(publication(1));
    expect(pair.heard).toEqual(["recovered", "recovered", 1]);
  });

  test("resumes by its last event id, and hears nothing twice", async () => {
    const pair = new EventsPair();
    pair.follow("chat:1");
    pair.client.connect();
    const first = await pair.stream();
    await first.send(publication(1));
    await first.text("id: 1token\n\n");
    await first.send(publication(2));
    await first.cut();
    await pair.server.clock.advance(250);
    const second = await pair.stream(3, { missed: 2 });
    expect(second.headers.get("Last-Event-ID")).toBe("1token");
    await second.send(publication(2));
    await second.send(publication(3));
    expect(pair.heard).toEqual(["recovered", 1, 2, "recovered", 3]);
  });

  test("fetches what it missed when it comes from a WebSocket, before what is new", async () => {
    const pair = new EventsPair();
    pair.client.subscribe("chat:1", { from: { epoch: "e1", seq: 1 } }).on("publication", ({ seq }) => pair.heard.push(seq));
    pair.client.connect();
    const stream = await pair.stream(3);
    await stream.send(publication(4));
    const history = await pair.http.next("/v1/history");
    expect(Object.fromEntries(history.url.searchParams)).toEqual({ channel: "chat:1", limit: "1000", epoch: "e1", seq: "1" });
    const publications = [2, 3, 4].map((seq) => ({ seq, ts: 1, from: "bob", payload: seq }));
    await history.answer(200, { publications, epoch: "e1", seq: 4, more: false });
    expect(pair.heard).toEqual([2, 3, 4]);
  });

  test.each([
    ["the history is gone", async (history: FakeRequest) => history.answer(200, { publications: [], epoch: "e1", seq: 3, more: false })],
    ["it may not read the history", async (history: FakeRequest) => history.answer(403, { code: "forbidden", retryable: false })],
  ])("says that something was lost when %s", async (_, answer) => {
    const pair = new EventsPair(), told: boolean[] = [];
    const subscription = pair.client.subscribe("chat:1", { from: { epoch: "e1", seq: 1 } });
    subscription.on("subscribed", ({ recovered }) => told.push(recovered));
    pair.client.connect();
    await pair.stream(3);
    await answer(await pair.http.next("/v1/history"));
    await settled();
    expect(told).toEqual([false]);
    expect(subscription.position).toEqual({ epoch: "e1", seq: 3 });
  });

  test.each([
    ["does not answer", async (history: FakeRequest) => history.fail()],
    ["is unavailable", async (history: FakeRequest) => history.answer(503, { code: "unavailable", retryable: true })],
  ])("loses nothing when the history %s: it comes back and asks again", async (_, answer) => {
    const pair = new EventsPair(), told: boolean[] = [];
    const subscription = pair.client.subscribe("chat:1", { from: { epoch: "e1", seq: 1 } });
    subscription.on("subscribed", ({ recovered }) => told.push(recovered));
    subscription.on("publication", ({ seq }) => pair.heard.push(seq));
    pair.client.connect();
    await pair.stream(3);
    await answer(await pair.http.next("/v1/history"));
    expect([told, pair.client.state]).toEqual([[], "connecting"]);
    await pair.server.clock.advance(250);
    await pair.stream(3);
    const publications = [2, 3].map((seq) => ({ seq, ts: 1, from: "bob", payload: seq }));
    await (await pair.http.next("/v1/history")).answer(200, { publications, epoch: "e1", seq: 3, more: false });
    expect([told, pair.heard]).toEqual([[true], [2, 3]]);
  });

  test("says that something was lost when the numbering is another", async () => {
    const pair = new EventsPair(), told: boolean[] = [];
    pair.client.subscribe("chat:1", { from: { epoch: "e1", seq: 1 } }).on("subscribed", ({ recovered }) => told.push(recovered));
    pair.client.connect();
    await pair.stream(3, { epoch: "e2" });
    expect(told).toEqual([false]);
  });

  test("opens its stream anew for another channel, without a change for the first", async () => {
    const pair = new EventsPair();
    pair.follow("chat:1");
    pair.client.connect();
    const first = await pair.stream();
    await first.send(publication(1));
    await first.text("id: 1token\n\n");
    pair.follow("chat:2");
    const second = await pair.stream(1);
    expect(first.isAborted).toBe(true);
    expect(second.url.searchParams.get("channels")).toBe("chat:1,chat:2");
    expect(second.headers.get("Last-Event-ID")).toBe("1token");
    await second.send(publication(2));
    expect(pair.heard).toEqual(["recovered", 1, "recovered", 2]);
  });

  test("hears which channel it may not follow", async () => {
    const pair = new EventsPair();
    pair.follow("vip:1");
    pair.client.connect();
    const stream = await pair.stream(0, { channels: [] });
    await stream.send({ type: "error", channel: "vip:1", payload: { code: "forbidden", message: "no", retryable: false } });
    expect(pair.heard).toEqual(["forbidden"]);
  });

  test("publishes over HTTP, and tries again what may be tried again", async () => {
    const pair = new EventsPair();
    pair.client.connect();
    await (await pair.http.next("/v1/ticket")).answer(200, {});
    expect(pair.client.state).toBe("connected");
    const published = pair.client.publish("chat:1", { a: 1 }, { mid: "m" });
    await (await pair.http.next("/v1/publish")).fail();
    await pair.server.clock.advance(250);
    const again = await pair.http.next("/v1/publish");
    expect([again.method, again.body, again.headers.get("Authorization")]).toEqual(["POST", { channel: "chat:1", data: { a: 1 }, mid: "m" }, "Bearer t-1"]);
    await again.answer(200, { epoch: "e", seq: 1, duplicate: true });
    expect(await published).toEqual({ epoch: "e", seq: 1, duplicate: true });
  });

  test("asks, calls and signals over HTTP", async () => {
    const pair = new EventsPair();
    pair.client.connect();
    await (await pair.http.next("/v1/ticket")).answer(200, {});
    const members = pair.client.presence("chat:1"), called = pair.client.call("m", 1), lost = pair.client.call("m", 2);
    await (await pair.http.next("/v1/presence")).answer(200, { members: [], count: 3, truncated: true });
    await (await pair.http.next("/v1/call")).answer(200, { data: "one" });
    const isLost = expect(lost).rejects.toMatchObject({ code: "disconnected" });
    await (await pair.http.next("/v1/call")).fail();
    await isLost;
    pair.client.signal("chat:1", true, { key: "typing" });
    expect((await pair.http.next("/v1/signal")).body).toEqual({ channel: "chat:1", data: true, key: "typing" });
    expect([await members, await called]).toEqual([{ members: [], count: 3, truncated: true }, "one"]);
  });

  test("publishes and gets bytes as base64", async () => {
    const pair = new EventsPair();
    pair.client.connect();
    await (await pair.http.next("/v1/ticket")).answer(200, {});
    const published = pair.client.publish("chat:1", Uint8Array.of(1, 255), { mid: "m" });
    const request = await pair.http.next("/v1/publish");
    expect(request.body).toEqual({ channel: "chat:1", mid: "m", encoding: "base64", data: "Af8=" });
    await request.answer(200, { epoch: "e1", seq: 1, duplicate: false, encoding: "base64", data: "AQI=" });
    expect(await published).toEqual({ epoch: "e1", seq: 1, duplicate: false, data: Uint8Array.of(1, 2) });
  });

  test.each([
    [401, "asks for a token"], [403, "closed"], [204, "closed"], [400, "closed"],
  ])("answered with %i %s", async (status, outcome) => {
    let asked = 0;
    const pair = new EventsPair({ token: () => `t-${++asked}` });
    pair.follow("chat:1");
    pair.client.connect();
    await (await pair.http.next("/v1/sse")).answer(status, status === 204 ? undefined : { code: "forbidden", detail: "no" });
    await pair.server.clock.advance(250);
    if (outcome === "closed") expect(pair.client.state).toBe("closed");
    else expect((await pair.http.next("/v1/sse")).headers.get("Authorization")).toBe("Bearer t-2");
  });

  test("honours Retry-After", async () => {
    const pair = new EventsPair();
    pair.follow("chat:1");
    pair.client.connect();
    await (await pair.http.next("/v1/sse")).answer(503, { code: "unavailable", retryable: true }, { "Retry-After": "7" });
    await pair.server.clock.advance(6999);
    expect(pair.http.requests).toEqual([]);
    await pair.server.clock.advance(1);
    await pair.stream();
    expect(pair.client.state).toBe("connected");
  });

  test("stops when the stream says so", async () => {
    const pair = new EventsPair();
    pair.follow("chat:1");
    pair.client.connect();
    await (await pair.stream()).send({ type: "close", payload: { code: 4031, reason: "banned", retryable: false } });
    expect(pair.client.state).toBe("closed");
  });

  test("changes its token by a new stream", async () => {
    let asked = 0;
    const pair = new EventsPair({ token: () => `t-${++asked}` });
    pair.follow("chat:1");
    pair.client.connect();
    await (await pair.stream()).send({ type: "expiring", payload: { expires: 61_000 } });
    expect((await pair.stream()).headers.get("Authorization")).toBe("Bearer t-2");
    expect([pair.client.state, pair.heard]).toEqual(["connected", ["recovered"]]);
  });

  test("takes comments for signs of life, and opens a silent stream anew", async () => {
    const pair = new EventsPair();
    pair.follow("chat:1");
    pair.client.connect();
    const first = await pair.stream();
    await pair.server.clock.advance(40_000);
    await first.text(": still here\n\n");
    await pair.server.clock.advance(40_000);
    expect(pair.http.requests).toEqual([]);
    await pair.server.clock.advance(10_000);
    await pair.stream();
    await pair.server.clock.advance(10_000);
    expect(pair.client.state).toBe("connected");
  });

  test("ends its stream and its commands when it is closed", async () => {
    const pair = new EventsPair();
    pair.follow("chat:1");
    pair.client.connect();
    const stream = await pair.stream();
    pair.client.close();
    expect(stream.isAborted).toBe(true);
  });
});

describe("The fallback", () => {
  test("goes to server-sent events after two WebSockets that were not answered, and back when they fail too", async () => {
    const pair = new EventsPair({ transports: ["websocket", "events"] });
    pair.follow("chat:1");
    pair.client.connect();
    await pair.server.refuse();
    await pair.server.clock.advance(250);
    await pair.server.refuse();
    await pair.server.clock.advance(500);
    await (await pair.http.next("/v1/sse")).fail();
    await pair.server.clock.advance(1000);
    await pair.server.refuse();
    await pair.server.clock.advance(2000);
    await pair.server.refuse();
    await pair.server.clock.advance(4000);
    const stream = await pair.stream();
    await stream.send(publication(1));
    expect(pair.heard).toEqual(["recovered", 1]);
  });

  test("goes from server-sent events to a WebSocket after two that were not answered, where these come first", async () => {
    const pair = new EventsPair({ transports: ["events", "websocket"] });
    pair.follow("chat:1");
    pair.client.connect();
    await (await pair.http.next("/v1/sse")).fail();
    await pair.server.clock.advance(250);
    await (await pair.http.next("/v1/sse")).fail();
    await pair.server.clock.advance(500);
    await pair.server.accept();
    expect(await pair.server.command()).toMatchObject({ type: "auth" });
  });

  test("leaves a stream whose request is never answered", async () => {
    const pair = new EventsPair({ transports: ["events", "websocket"], answerTimeoutMs: 5000 });
    pair.follow("chat:1");
    pair.client.connect();
    await pair.http.next("/v1/sse");
    await pair.server.clock.advance(5000 + 250);
    await pair.http.next("/v1/sse");
    await pair.server.clock.advance(5000 + 500);
    await pair.server.accept();
  });

  test("is not left for a WebSocket because of one cut", async () => {
    const pair = new EventsPair({ transports: ["events", "websocket"] });
    pair.follow("chat:1");
    pair.client.connect();
    await (await pair.stream()).cut();
    await pair.server.clock.advance(250);
    await pair.stream();
    expect(pair.server.acts).toEqual([]);
  });
});
