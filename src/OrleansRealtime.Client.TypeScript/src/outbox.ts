import { backoffMs } from "./backoff.js";
import type { Connection } from "./connection.js";
import type { Environment } from "./environment.js";
import { RealtimeError } from "./errors.js";
import type { Command, Published } from "./messages.js";
import type { QueuePolicy } from "./options.js";

type Publish = Extract<Command, { type: "publish" }>;

interface Entry {
  readonly command: Publish;
  readonly resolve: (published: Published) => void;
  readonly reject: (error: RealtimeError) => void;
  attempts: number;
  isInFlight: boolean;
}

/**
 * Publishes until they are answered, however often the connection breaks. Those of one channel go one after the other: one that
 * the server refuses for a while must not be overtaken by what was written after it. Channels do not wait for each other.
 */
export class Outbox {
  readonly #environment: Environment;
  readonly #limit: number;
  readonly #policy: QueuePolicy;
  readonly #channels = new Map<string, Entry[]>();
  readonly #pauses = new Set<() => void>();
  readonly #waiters = new Set<() => void>();
  #connection: Connection | null = null;
  #count = 0;

  constructor(environment: Environment, limit: number, policy: QueuePolicy) {
    this.#environment = environment;
    this.#limit = limit;
    this.#policy = policy;
  }

  /** Resolves when the publication is in the channel's log. */
  add(command: Publish, signal: AbortSignal | undefined): Promise<Published> {
    return new Promise((resolve, reject) => {
      const settled = (): void => signal?.removeEventListener("abort", onAbort);
      const entry: Entry = {
        command,
        resolve: (published) => { settled(); resolve(published); },
        reject: (error) => { settled(); reject(error); },
        attempts: 0,
        isInFlight: false,
      };
      const onAbort = (): void => this.#refuse(entry, new RealtimeError("aborted", "The publish was aborted; it may have taken effect."));
      if (signal?.aborted === true) return reject(new RealtimeError("aborted", "The publish was aborted before it was sent."));
      if (this.#count >= this.#limit && !this.#makeRoom()) {
        return reject(new RealtimeError("queue_full", `${this.#limit} publishes wait already.`, true));
      }
      signal?.addEventListener("abort", onAbort);
      const queue = this.#channels.get(command.channel) ?? [];
      this.#channels.set(command.channel, queue);
      queue.push(entry);
      this.#count++;
      this.#send(command.channel);
    });
  }

  /** Resolves as soon as less than half of the limit is taken. */
  whenRoom(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiters.delete(onRoom);
        reject(new RealtimeError("aborted", "Room was waited for no longer."));
      };
      const onRoom = (): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      if (signal?.aborted === true) return onAbort();
      if (this.#hasRoom) return resolve();
      this.#waiters.add(onRoom);
      signal?.addEventListener("abort", onAbort);
    });
  }

  /** Half, so that many who waited and now publish at once are not refused. */
  get #hasRoom(): boolean {
    return 2 * this.#count < this.#limit;
  }

  /** Sends what waits, each channel from its oldest. */
  connected(connection: Connection): void {
    this.#connection = connection;
    for (const channel of [...this.#channels.keys()]) this.#send(channel);
  }

  /** Keeps what was in flight for the next connection. */
  disconnected(): void {
    this.#connection = null;
    for (const cancel of this.#pauses) cancel();
    this.#pauses.clear();
    for (const queue of this.#channels.values()) for (const entry of queue) entry.isInFlight = false;
  }

  /** Refuses everything that waits. */
  clear(error: RealtimeError): void {
    this.disconnected();
    for (const queue of [...this.#channels.values()]) for (const entry of [...queue]) this.#refuse(entry, error);
  }

  #send(channel: string): void {
    const connection = this.#connection, entry = this.#channels.get(channel)?.[0];
    if (connection === null || entry === undefined || entry.isInFlight) return;
    entry.isInFlight = true;
    const attempt = entry.attempts++;
    connection.ask(entry.command, (answer) => {
      // What is lost with its connection, or was aborted, is no longer this attempt's.
      if (connection !== this.#connection || !entry.isInFlight) return;
      if (!(answer instanceof RealtimeError)) {
        this.#remove(entry);
        entry.resolve((answer as { payload: Published }).payload);
        this.#send(channel);
      } else if (answer.code !== "disconnected") {
        this.#refused(entry, answer, attempt);
      }
    });
  }

  #refused(entry: Entry, error: RealtimeError, attempt: number): void {
    if (!error.retryable) {
      this.#refuse(entry, error);
      return;
    }
    const cancel = this.#environment.timer(error.retryAfter ?? backoffMs(attempt, this.#environment.random), () => {
      this.#pauses.delete(cancel);
      entry.isInFlight = false;
      this.#send(entry.command.channel);
    });
    this.#pauses.add(cancel);
  }

  #refuse(entry: Entry, error: RealtimeError): void {
    if (this.#remove(entry)) entry.reject(error);
    this.#send(entry.command.channel);
  }

  #remove(entry: Entry): boolean {
    const queue = this.#channels.get(entry.command.channel), index = queue?.indexOf(entry) ?? -1;
    if (queue === undefined || index < 0) return false;
    queue.splice(index, 1);
    entry.isInFlight = false;
    this.#count--;
    if (queue.length === 0) this.#channels.delete(entry.command.channel);
    if (this.#hasRoom) {
      for (const onRoom of this.#waiters) onRoom();
      this.#waiters.clear();
    }
    return true;
  }

  #makeRoom(): boolean {
    if (this.#policy === "reject") return false;
    for (const queue of this.#channels.values()) {
      const oldest = queue.find((entry) => !entry.isInFlight);
      if (oldest === undefined) continue;
      this.#refuse(oldest, new RealtimeError("queue_full", "Newer publishes took its place."));
      return true;
    }
    return false;
  }
}
