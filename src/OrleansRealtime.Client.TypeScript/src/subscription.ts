import { backoffMs } from "./backoff.js";
import type { Connection } from "./connection.js";
import { advance, begin, judge, type Continuity } from "./continuity.js";
import { Emitter } from "./emitter.js";
import type { Environment } from "./environment.js";
import { RealtimeError } from "./errors.js";
import type { ChannelFrame, Gap, Member, Position, Publication, Refusal, Signal, Subscribed, SubscribePayload } from "./messages.js";
import { PublicationQueue } from "./publications.js";

export interface SubscriptionOptions {
  /** Goes on after this position, e.g. one that was stored. Default: live. */
  readonly from?: Position | undefined;
  /** Without `from`, how many of the latest publications come first, 0 to 1000. Default 0. */
  readonly last?: number | undefined;
  /** Hears `join` and `leave`, and counts as present. Default false. */
  readonly presence?: boolean | undefined;
  /** Milliseconds, 10 to 60000: of each key at most one publication per interval, the newest. Default: every one. */
  readonly conflate?: number | undefined;
}

export interface SubscriptionEvents<Data = unknown, Hint = unknown> {
  publication: Publication<Data>;
  signal: Signal<Hint>;
  join: Member;
  leave: Member;
  /** The server took the subscription up. With `recovered: false` something was missed for good: reload your state. */
  subscribed: Subscribed;
  /** These sequences, both included, will not come; `history` may have them. */
  gap: Gap;
  /** The numbering restarted after this position: reload your state. */
  reset: Position;
  /** The server ended the subscription for good. */
  unsubscribed: RealtimeError;
}

/** `asked`: what comes before the answer belongs to an older question. `ended` is for good. */
type Phase = "idle" | "asked" | "live" | "ended";

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: RealtimeError) => void;
}

/**
 * One channel as this client follows it, across connections: each publication once, in order. `Data` is what the application
 * publishes there, and `Hint` what it signals; neither is checked.
 */
export class Subscription<Data = unknown, Hint = unknown>
  extends Emitter<SubscriptionEvents<Data, Hint>> implements AsyncIterable<Publication<Data>> {
  readonly channel: string;
  readonly #options: SubscriptionOptions;
  readonly #environment: Environment;
  readonly #bufferLimit: number;
  readonly #onEnd: () => void;
  readonly #queues = new Set<PublicationQueue>();
  readonly #waiters: Waiter[] = [];
  #phase: Phase = "idle";
  #wasTaken = false;
  #end: RealtimeError | null = null;
  #continuity: Continuity | null = null;
  #connection: Connection | null = null;
  #attempts = 0;
  #filledAt = -1;
  #cancelPause = () => {};

  /** @internal Made by `RealtimeClient.subscribe`. */
  constructor(channel: string, options: SubscriptionOptions, environment: Environment, bufferLimit: number, onEnd: () => void) {
    super();
    this.channel = channel;
    this.#options = options;
    this.#environment = environment;
    this.#bufferLimit = bufferLimit;
    this.#onEnd = onEnd;
  }

  /** That of the last publication; what a later subscription can go on from. Undefined before the server has answered. */
  get position(): Position | undefined {
    return this.#continuity?.position ?? this.#options.from;
  }

  /** Whether the server has it live on this connection. */
  get isLive(): boolean {
    return this.#phase === "live";
  }

  /**
   * Resolves when the server has taken the subscription up for the first time; at once if it has already. Rejects with its refusal, or
   * with `closed` when the subscription or the client ends before.
   */
  whenSubscribed(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#wasTaken) resolve();
      else if (this.#phase === "ended") reject(this.#end ?? ended());
      else this.#waiters.push({ resolve, reject });
    });
  }

  /** Ends the subscription, and every loop over it. */
  unsubscribe(): void {
    if (this.#phase === "ended") return;
    if (this.#phase !== "idle") this.#connection?.ask({ type: "unsubscribe", channel: this.channel }, () => {});
    this.#finish(null);
  }

  /** Each publication from now on. Several loops each get all. Ends with the subscription; throws when the server ended it. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Publication<Data>> {
    const queue: PublicationQueue = new PublicationQueue(this.#bufferLimit, () => this.#queues.delete(queue));
    if (this.#phase === "ended") queue.end(null);
    else this.#queues.add(queue);
    return queue as AsyncIterableIterator<Publication<Data>>;
  }

  /** @internal Asks the server, from the position where it stands. Also before `auth_ack`, which the server allows. */
  connected(connection: Connection): void {
    this.#connection = connection;
    this.#ask();
  }

  /** @internal */
  disconnected(): void {
    this.#connection = null;
    this.#cancelPause();
    if (this.#phase !== "ended") this.#phase = "idle";
    this.#attempts = 0;
  }

  /** @internal The client was closed: loops end, the position stays for the next `connect`. */
  closed(error: RealtimeError | null): void {
    this.disconnected();
    this.#refuseWaiters(error);
    for (const queue of [...this.#queues]) queue.end(error);
  }

  /** @internal */
  receive(frame: ChannelFrame): void {
    switch (frame.type) {
      case "publication": {
        const { type: _, channel: __, ...publication } = frame;
        return this.#publication(publication as Publication<Data>);
      }
      case "signal": return this.emit("signal", withoutEnvelope(frame) as Signal<Hint>);
      case "join": return this.emit("join", withoutEnvelope(frame));
      case "leave": return this.emit("leave", withoutEnvelope(frame));
      case "gap":
        if (this.#continuity === null) return;
        this.#continuity = advance(this.#continuity, frame.payload.to);
        return this.emit("gap", frame.payload);
      case "reset":
        this.#continuity = { position: frame.payload, holesUntil: 0 };
        return this.emit("reset", frame.payload);
      case "unsubscribed": return this.#refused(frame.payload, frame.payload.reason);
    }
  }

  #ask(): void {
    const connection = this.#connection;
    if (connection === null || this.#phase === "ended") return;
    this.#phase = "asked";
    const payload = this.#payload();
    connection.ask({ type: "subscribe", channel: this.channel, ...(payload === null ? {} : { payload }) }, (answer) => {
      if (connection !== this.#connection || this.#phase !== "asked") return;
      if (!(answer instanceof RealtimeError)) this.#subscribed((answer as { payload: Subscribed }).payload);
      // Before `auth_ack` both mean that this connection is nothing; the next one asks again.
      else if (answer.code !== "disconnected" && answer.code !== "unauthenticated") this.#refused(answer, answer.message);
    });
  }

  #payload(): SubscribePayload | null {
    const { from: _, last, ...rest } = this.#options, from = this.position;
    const payload: SubscribePayload = from !== undefined ? { from, ...rest } : last !== undefined ? { last, ...rest } : rest;
    return Object.values(payload).every((value) => value === undefined) ? null : payload;
  }

  #subscribed(answer: Subscribed): void {
    this.#phase = "live";
    this.#attempts = 0;
    this.#continuity = begin(answer, this.position);
    this.#wasTaken = true;
    for (const { resolve } of this.#waiters.splice(0)) resolve();
    this.emit("subscribed", answer);
  }

  #publication(publication: Publication<Data>): void {
    if (this.#phase !== "live" || this.#continuity === null) return;
    switch (judge(this.#continuity, publication.seq, this.#options.conflate !== undefined)) {
      case "duplicate": return;
      case "hole": if (this.#fill(this.#continuity.position.seq + 1, publication.seq - 1)) return; break;
      case "next": break;
    }
    this.#continuity = advance(this.#continuity, publication.seq);
    this.emit("publication", publication);
    for (const queue of [...this.#queues]) queue.push(publication);
  }

  /** Asks again for a hole that nobody announced. False when that did not help before: then it is told, and life goes on. */
  #fill(from: number, to: number): boolean {
    if (this.#filledAt === from) {
      this.emit("gap", { from, to, reason: "lost" });
      return false;
    }
    this.#filledAt = from;
    this.#connection?.ask({ type: "unsubscribe", channel: this.channel }, () => {});
    this.#ask();
    return true;
  }

  #refused(refusal: Refusal, message: string): void {
    if (!refusal.retryable) {
      const error = RealtimeError.of(refusal, message);
      this.#finish(error);
      return this.emit("unsubscribed", error);
    }
    this.#phase = "idle";
    this.#cancelPause();
    this.#cancelPause = this.#environment.timer(
      refusal.retryAfter ?? backoffMs(this.#attempts, this.#environment.random),
      () => this.#ask());
    this.#attempts++;
  }

  #refuseWaiters(error: RealtimeError | null): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error ?? ended());
  }

  #finish(error: RealtimeError | null): void {
    this.#phase = "ended";
    this.#end = error;
    this.#refuseWaiters(error);
    this.#cancelPause();
    this.#onEnd();
    for (const queue of [...this.#queues]) queue.end(error);
  }
}

function ended(): RealtimeError {
  return new RealtimeError("closed", "The subscription ended before the server took it up.");
}

function withoutEnvelope<Item extends { type: string; channel: string }>({ type: _, channel: __, ...rest }: Item): Omit<Item, "type" | "channel"> {
  return rest;
}
