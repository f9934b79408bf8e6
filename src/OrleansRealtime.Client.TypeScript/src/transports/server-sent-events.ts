import { cut } from "../codes.js";
import { json } from "../json.js";
import type { Command, Frame, Position, Subscribed, SubscribePayload } from "../messages.js";
import { EventStreamParser, type StreamEvent } from "./event-stream.js";
import { endOf, HttpApi } from "./http-api.js";
import type { End, Link, LinkHandlers, Transport } from "./transport.js";

/** One channel of the stream. */
interface Channel {
  readonly payload: SubscribePayload;
  /** Of the `subscribe` that waits for its answer. */
  id: string | undefined;
  /** Where the client stands; what a stream without last event id goes on from. */
  position: Position | undefined;
  /** Frames that wait until what was missed before them is there. */
  held: Frame[] | null;
}

/** Where a stream stood when it ended: its last event id, and what that stands for. */
interface Bookmark {
  id: string;
  readonly positions: Map<string, Position>;
}

/** A stream of server-sent events with commands over HTTP, behind the same face as a WebSocket. */
export function eventsTransport(address: string, fetch: typeof globalThis.fetch): Transport {
  // Kept from link to link, so that the next stream resumes where the last one ended.
  const bookmark: Bookmark = { id: "", positions: new Map() };
  return (handlers) => new EventsLink(new HttpApi(address, fetch), bookmark, handlers);
}

class EventsLink implements Link {
  readonly #api: HttpApi;
  readonly #bookmark: Bookmark;
  readonly #handlers: LinkHandlers;
  readonly #channels = new Map<string, Channel>();
  /** Commands that are answered when the stream is there: `auth`, `refresh`, `ping`. */
  #onWelcome: ((frame: Extract<Frame, { type: "auth_ack" }>) => Frame)[] = [];
  #commands = new AbortController();
  #stream = new AbortController();
  #willOpen = false;
  #isOver = false;

  constructor(api: HttpApi, bookmark: Bookmark, handlers: LinkHandlers) {
    this.#api = api;
    this.#bookmark = bookmark;
    this.#handlers = handlers;
    queueMicrotask(() => { if (!this.#isOver) handlers.opened(false); });
  }

  send(command: Command): void {
    const { id } = command;
    const envelope = id === undefined ? {} : { id };
    switch (command.type) {
      case "auth":
        this.#api.token = command.payload.token;
        return this.#openWith((frame) => ({ ...frame, ...envelope }));
      case "refresh":
        this.#api.token = command.payload.token;
        return this.#openWith(({ payload }) => ({ type: "ack", ...envelope, payload: { expires: payload.expires } }));
      case "ping":
        // A stream cannot be asked whether it lives; one that is opened anew does.
        return this.#openWith(({ ts }) => ({ type: "pong", ...envelope, ts }));
      case "subscribe": {
        const payload = command.payload ?? {};
        this.#channels.set(command.channel, { payload, id, position: payload.from, held: null });
        return this.#openSoon();
      }
      case "unsubscribe":
        this.#forget(command.channel);
        this.#deliverLater({ type: "ack", ...envelope, channel: command.channel });
        return this.#openSoon();
      case "publish": case "signal": case "call": case "history": case "presence":
        void this.#api.run(command, this.#commands.signal).then((frame) => this.#deliver(frame));
    }
  }

  close(): void {
    this.#isOver = true;
    this.#commands.abort();
    this.#stream.abort();
  }

  #end(end: End): void {
    if (this.#isOver) return;
    this.close();
    this.#handlers.ended(end);
  }

  #deliver(frame: Frame): void {
    if (!this.#isOver) this.#handlers.received(frame);
  }

  #deliverLater(frame: Frame): void {
    queueMicrotask(() => this.#deliver(frame));
  }

  #openWith(onWelcome: (frame: Extract<Frame, { type: "auth_ack" }>) => Frame): void {
    this.#onWelcome.push(onWelcome);
    this.#openSoon();
  }

  /** Opens the stream anew, once for all commands of this turn: its channels stand in its address. */
  #openSoon(): void {
    if (this.#willOpen) return;
    this.#willOpen = true;
    queueMicrotask(() => {
      this.#willOpen = false;
      if (!this.#isOver) void this.#open();
    });
  }

  async #open(): Promise<void> {
    this.#stream.abort();
    const stream = this.#stream = new AbortController();
    for (const channel of this.#channels.values()) channel.held = null;
    let wasAnswered = false;
    try {
      const response = this.#channels.size === 0
        ? await this.#api.open("/ticket", {}, stream.signal, "POST")
        : await this.#api.open(`/sse?${this.#query()}`, { Accept: "text/event-stream", ...this.#lastEventId() }, stream.signal);
      wasAnswered = true;
      if (response.status !== 200) return this.#end(await endOf(response));
      if (this.#channels.size === 0) this.#welcomeWithoutStream();
      else await this.#read(response, stream);
    } catch (error) {
      if (!stream.signal.aborted) this.#end({ code: cut, reason: String(error), wasAnswered });
    }
  }

  async #read(response: Response, stream: AbortController): Promise<void> {
    const parser = new EventStreamParser((event) => { if (!stream.signal.aborted) this.#event(event); });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (stream.signal.aborted) return;
      if (done) return this.#end({ code: cut, reason: "the stream ended", wasAnswered: true });
      parser.feed(value);
    }
  }

  #event(event: StreamEvent): void {
    if (event === "comment") {
      this.#deliver({ type: "pong", ts: 0 });
    } else if ("id" in event) {
      this.#bookmark.id = event.id;
    } else {
      const close = /^\s*\{\s*"type"\s*:\s*"close"/.test(event.data) ? JSON.parse(event.data) as { payload: { code: number; reason: string } } : null;
      if (close !== null) return this.#end({ ...close.payload, wasAnswered: true });
      const frame = json.decode(event.data);
      if (frame !== null) this.#frame(frame);
    }
  }

  #frame(frame: Frame): void {
    if (frame.type === "auth_ack") {
      for (const onWelcome of this.#onWelcome.splice(0)) this.#deliver(onWelcome(frame));
      return;
    }
    const name = "channel" in frame ? frame.channel : undefined, channel = name === undefined ? undefined : this.#channels.get(name);
    if (name === undefined || channel === undefined) return this.#deliver(frame);
    if (channel.held !== null) channel.held.push(frame);
    else if (frame.type === "ack") this.#subscribed(name, channel, frame.payload as Subscribed);
    else if (frame.type === "error") this.#refused(name, channel, frame);
    else this.#pass(name, channel, frame);
  }

  #refused(name: string, channel: Channel, frame: Extract<Frame, { type: "error" }>): void {
    this.#forget(name);
    const id = this.#takeId(channel);
    // Nobody asked for this channel now: the stream was opened anew for another's sake.
    if (id.id === undefined) this.#deliver({ type: "unsubscribed", channel: name, payload: { ...frame.payload, reason: frame.payload.message } });
    else this.#deliver({ ...frame, ...id });
  }

  #forget(name: string): void {
    this.#channels.delete(name);
    this.#bookmark.positions.delete(name);
  }

  #pass(name: string, channel: Channel, frame: Frame): void {
    if (channel.position !== undefined) {
      if (frame.type === "publication") this.#stand(name, channel, { epoch: channel.position.epoch, seq: frame.seq });
      else if (frame.type === "gap") this.#stand(name, channel, { epoch: channel.position.epoch, seq: frame.payload.to });
    }
    if (frame.type === "reset") this.#stand(name, channel, frame.payload);
    else if (frame.type === "unsubscribed") this.#forget(name);
    this.#deliver(frame);
  }

  #stand(name: string, channel: Channel, position: Position): void {
    channel.position = position;
    this.#bookmark.positions.set(name, position);
  }

  /** The stream has taken the channel up; what was missed is fetched when the stream could not know where the client stood. */
  #subscribed(name: string, channel: Channel, answer: Subscribed): void {
    const from = channel.position;
    const isBehind = from !== undefined && from.epoch === answer.epoch && answer.recovered && from.seq < answer.seq - answer.missed;
    if (!isBehind || answer.snapshot) {
      const isSeamless = from === undefined || (from.epoch === answer.epoch && from.seq <= answer.seq);
      return this.#answer(name, channel, { ...answer, recovered: answer.recovered && isSeamless });
    }
    channel.held = [];
    const before = answer.seq - answer.missed, { signal } = this.#stream;
    void this.#api.missed(name, from, before, signal).then((publications) => {
      // A stream that was opened anew says itself where it goes on.
      if (signal.aborted) return;
      // Nothing is known to be lost: the next stream asks again.
      if (publications !== null && "code" in publications) {
        const { code, retryAfter } = publications;
        return this.#end({ code: cut, reason: `the history was ${code}`, wasAnswered: true, ...(retryAfter === undefined ? {} : { retryAfter }) });
      }
      const held = channel.held ?? [];
      channel.held = null;
      if (this.#isOver || this.#channels.get(name) !== channel) return;
      const count = publications?.length ?? 0;
      this.#answer(name, channel, { ...answer, recovered: publications !== null, missed: publications === null ? 0 : answer.missed + count });
      for (const publication of publications ?? []) this.#pass(name, channel, { type: "publication", channel: name, ...publication });
      for (const frame of held) this.#frame(frame);
    });
  }

  #answer(name: string, channel: Channel, answer: Subscribed): void {
    const id = this.#takeId(channel), { epoch, seq, missed, recovered } = answer;
    this.#stand(name, channel, { epoch, seq: recovered ? seq - missed : seq });
    if (id.id !== undefined) this.#deliver({ type: "ack", ...id, channel: name, payload: answer });
    // The stream was opened anew for another's sake, and this channel lost something by it.
    else if (!recovered) this.#deliver({ type: "reset", channel: name, payload: { epoch, seq } });
  }

  #takeId(channel: Channel): { id?: string } {
    const { id } = channel;
    channel.id = undefined;
    return id === undefined ? {} : { id };
  }

  /** One stream has one set of options: the widest that serves all its channels. */
  #query(): string {
    const payloads = [...this.#channels.values()].map(({ payload }) => payload);
    const last = Math.max(...payloads.map((payload) => payload.from === undefined ? payload.last ?? 0 : 0));
    const conflate = Math.min(...payloads.map((payload) => payload.conflate ?? 0));
    const query = new URLSearchParams({ channels: [...this.#channels.keys()].join(",") });
    if (last > 0) query.set("last", String(last));
    if (conflate > 0) query.set("conflate", String(conflate));
    if (payloads.some((payload) => payload.presence === true)) query.set("presence", "true");
    return String(query);
  }

  /** The id of the last stream, if that one stood where this client stands in all channels that it knew. */
  #lastEventId(): Record<string, string> {
    const { id, positions } = this.#bookmark;
    const known = [...this.#channels].filter(([name]) => positions.has(name));
    const isCurrent = known.every(([name, { position }]) => {
      const at = positions.get(name)!;
      return position !== undefined && at.epoch === position.epoch && at.seq === position.seq;
    });
    return id !== "" && known.length > 0 && isCurrent ? { "Last-Event-ID": id } : {};
  }

  /** There is no stream without a channel; that the token is good was asked by another way. */
  #welcomeWithoutStream(): void {
    const limits = { messageBytes: 0, subscriptions: 0 };
    const payload = { v: 1, user: subjectOf(this.#api.token), session: "", resumed: false, node: "", heartbeat: 60_000, expires: null, limits };
    this.#frame({ type: "auth_ack", ts: 0, payload });
  }
}

function subjectOf(token: string | undefined): string {
  try {
    return (JSON.parse(atob(token!.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/"))) as { sub: string }).sub;
  } catch {
    return "";
  }
}
