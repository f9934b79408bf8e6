import { addressOf } from "./address.js";
import { normal } from "./codes.js";
import type { Connection } from "./connection.js";
import { Connector, type State, type StateChange } from "./connector.js";
import { Emitter } from "./emitter.js";
import { defaultEnvironment, type Environment } from "./environment.js";
import { RealtimeError } from "./errors.js";
import { json } from "./json.js";
import type { Frame, HistoryPage, Members, Position, Published, Welcome } from "./messages.js";
import type { RealtimeClientOptions } from "./options.js";
import { Outbox } from "./outbox.js";
import { Requests } from "./requests.js";
import { Subscription, type SubscriptionOptions } from "./subscription.js";
import { Throttle } from "./throttle.js";
import { TokenKeeper } from "./token.js";
import { TransportChoice } from "./transports/choice.js";
import { eventsTransport } from "./transports/server-sent-events.js";
import type { Transport } from "./transports/transport.js";
import { webSocketTransport } from "./transports/websocket.js";

export interface ClientEvents {
  state: StateChange;
  /** A frame of no channel that this client follows, e.g. the answer to a signal that was refused. */
  error: RealtimeError;
}

interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

export interface PublishOptions extends Abortable {
  /** What this is the latest value of, in a compact channel. 1 to 128 characters. */
  readonly key?: string | undefined;
  /** The message id, 1 to 64 characters. Default: a new one. Give your own to publish safely again after a restart. */
  readonly mid?: string | undefined;
}

export interface SignalOptions {
  /** Under pressure only the newest signal of a key is kept. 1 to 128 characters. */
  readonly key?: string | undefined;
  /** At most one signal of this channel and key in so many milliseconds: the first at once, then the newest. Default: every one. */
  readonly throttleMs?: number | undefined;
}

export interface HistoryOptions extends Abortable {
  /** 1 to 1000. Default 100. */
  readonly limit?: number | undefined;
  /** Reads after this position, or before it when `reverse`. Default: from the oldest, or the newest. */
  readonly from?: Position | undefined;
  /** Newest first. Default false. */
  readonly reverse?: boolean | undefined;
}

/** A client of one server, for one user. It connects, comes back, resumes and tries again by itself until it is closed. */
export class RealtimeClient extends Emitter<ClientEvents> {
  readonly #environment: Environment;
  readonly #connector: Connector;
  readonly #outbox: Outbox;
  readonly #requests = new Requests();
  readonly #throttle: Throttle;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #bufferLimit: number;
  #connection: Connection | null = null;
  #link: Connection | null = null;
  #welcome: Welcome | null = null;
  #endWatch = () => {};

  constructor(url: string, options: RealtimeClientOptions = {}) {
    super();
    this.#environment = { ...defaultEnvironment(), ...options.environment };
    this.#throttle = new Throttle(this.#environment);
    this.#bufferLimit = options.bufferLimit ?? 10_000;
    this.#outbox = new Outbox(this.#environment, options.queueLimit ?? 1000, options.queuePolicy ?? "reject");
    this.#connector = new Connector(
      this.#environment,
      new TokenKeeper(options.token, this.#environment.now),
      new TransportChoice(transportsOf(url, options, this.#environment)),
      options.answerTimeoutMs ?? 15_000,
      {
        opened: (connection) => this.#opened(connection),
        connected: (connection, welcome) => this.#connected(connection, welcome),
        received: (frame) => this.#received(frame),
        disconnected: () => this.#disconnected(),
        changed: (change) => this.#changed(change),
      });
  }

  get state(): State {
    return this.#connector.state;
  }

  /** The user id that the server knows this client by; undefined before the first connection. */
  get user(): string | undefined {
    return this.#welcome?.user;
  }

  /** Starts connecting, and keeps connected until `close`. Does nothing when it is on its way already. */
  connect(): void {
    if (this.state !== "closed") return;
    this.#endWatch = this.#environment.onWake(() => this.#connector.wake());
    this.#connector.start();
  }

  /** Ends the connection. Loops over subscriptions end, publishes that wait are refused with `closed`. */
  close(): void {
    this.#connector.stop(normal, "closed by the application");
  }

  /**
   * Follows a channel across connections. Before `connect` as well as after. A channel has one subscription at a time.
   * Throws a `RealtimeError` with the code `conflict` when there is one. `Data` and `Hint` say what the application publishes and
   * signals there; they are not checked.
   */
  subscribe<Data = unknown, Hint = unknown>(channel: string, options: SubscriptionOptions = {}): Subscription<Data, Hint> {
    if (this.#subscriptions.has(channel)) throw new RealtimeError("conflict", `There is a subscription to ${channel} already.`);
    const subscription = new Subscription<Data, Hint>(channel, options, this.#environment, this.#bufferLimit, () => this.#subscriptions.delete(channel));
    this.#subscriptions.set(channel, subscription as Subscription);
    if (this.#link !== null) subscription.connected(this.#link);
    return subscription;
  }

  /**
   * Resolves when the publication is in the channel's log, once, however often the connection breaks until then. Rejects with the
   * server's refusal, or with `queue_full`, `closed` or `aborted`. Publishes to one channel keep their order.
   */
  publish(channel: string, data: unknown, { key, mid, signal }: PublishOptions = {}): Promise<Published> {
    const payload = { data, mid: mid ?? this.#environment.newId(), key };
    return this.#outbox.add({ type: "publish", channel, payload }, signal);
  }

  /**
   * Resolves as soon as less than half of `queueLimit` is taken, or when the client is closed. Await it before each publish that is not
   * awaited itself: who writes faster than the server takes is then held up, and not refused. Rejects with `aborted`.
   */
  whenRoom({ signal }: Abortable = {}): Promise<void> {
    return this.#outbox.whenRoom(signal);
  }

  /**
   * Tells those who are subscribed now. False: there is no connection, and it was not sent; nor is what `throttleMs` holds back when
   * there is none by then. Refusals come as `error` events.
   */
  signal(channel: string, data: unknown, { key, throttleMs = 0 }: SignalOptions = {}): boolean {
    if (this.#connection === null) return false;
    const send = (): void => this.#connection?.tell({ type: "signal", channel, payload: { data, key } });
    if (throttleMs > 0) this.#throttle.run(`${channel} ${key ?? ""}`, throttleMs, send);
    else send();
    return true;
  }

  /** Publications that the server has kept. Waits for a connection. */
  async history<Data = unknown>(channel: string, { limit = 100, from, reverse, signal }: HistoryOptions = {}): Promise<HistoryPage<Data>> {
    return await this.#requests.ask({ type: "history", channel, payload: { from, limit, reverse } }, true, signal) as HistoryPage<Data>;
  }

  /** Who is there now. Waits for a connection. */
  async presence(channel: string, { signal }: Abortable = {}): Promise<Members> {
    return await this.#requests.ask({ type: "presence", channel }, true, signal) as Members;
  }

  /** Calls the application on the server. Rejects with `disconnected` when the connection is lost: it may have taken effect. */
  async call<Result = unknown>(method: string, data: unknown, { signal }: Abortable = {}): Promise<Result> {
    return (await this.#requests.ask({ type: "call", payload: { method, data } }, false, signal) as { data: Result }).data;
  }

  #opened(connection: Connection): void {
    this.#link = connection;
    for (const subscription of [...this.#subscriptions.values()]) subscription.connected(connection);
  }

  #connected(connection: Connection, welcome: Welcome): void {
    this.#connection = connection;
    this.#welcome = welcome;
    this.#outbox.connected(connection);
    this.#requests.connected(connection);
  }

  #received(frame: Frame): void {
    switch (frame.type) {
      case "publication": case "signal": case "join": case "leave": case "gap": case "reset": case "unsubscribed":
        return this.#subscriptions.get(frame.channel)?.receive(frame);
      case "error":
        return this.emit("error", RealtimeError.of(frame.payload, frame.payload.message));
      case "auth_ack": case "ack": case "pong": case "expiring": case "reconnect":
        // Answers to what nobody waits for any more; the other two are the connector's.
        return;
    }
  }

  #disconnected(): void {
    this.#connection = this.#link = null;
    this.#outbox.disconnected();
    this.#requests.disconnected();
    for (const subscription of [...this.#subscriptions.values()]) subscription.disconnected();
  }

  #changed(change: StateChange): void {
    if (change.state === "closed") this.#closed(change);
    this.emit("state", change);
  }

  #closed({ code, reason }: StateChange): void {
    this.#endWatch();
    const error = new RealtimeError("closed", `The client is closed (${code}): ${reason}`);
    this.#outbox.clear(error);
    this.#requests.clear(error);
    for (const subscription of [...this.#subscriptions.values()]) subscription.closed(code === normal ? null : error);
  }
}

function transportsOf(url: string, options: RealtimeClientOptions, environment: Environment): Transport[] {
  const address = addressOf(url), { WebSocket, fetch } = environment;
  const transports = (options.transports ?? ["websocket", "events"]).flatMap((name) => {
    switch (name) {
      case "websocket": return WebSocket === undefined ? [] : [webSocketTransport(address.webSocket, options.codec ?? json, WebSocket)];
      case "events": return fetch === undefined ? [] : [eventsTransport(address.http, fetch)];
    }
  });
  if (transports.length === 0) throw new TypeError("There is no WebSocket and no fetch here: give one in options.environment.");
  return transports;
}
