import { RealtimeClient, RealtimeError, type Environment, type Publication } from "../../src/index.js";

/** What a fleet is made of. The .NET fleet of the end-to-end tests takes the same. */
export interface FleetOptions {
  readonly url: string;
  /** Answers a token to `GET <tokens>?user=…`. */
  readonly tokens: string;
  /** Begins the names of the users. */
  readonly name: string;
  readonly channels: readonly string[];
  readonly readers: number;
  readonly writers: number;
  /** Milliseconds between two publishes of a writer. */
  readonly paceMs: number;
  readonly seed: number;
}

export interface FleetReport {
  /** How many publications were acknowledged, by channel. */
  readonly published: Record<string, number>;
  readonly heard: number;
  /** How many clients are connected now, and how many times all of them came back. */
  readonly connected: number;
  readonly live: number;
  readonly returns: number;
  /** What must never happen; the first twenty. */
  readonly faults: readonly string[];
}

interface Reader {
  readonly channel: string;
  last: number;
}

const mostFaults = 20;

/** Clients of a real server that read and write, and check what the client promises: everything once, in order, without a hole. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #clients: RealtimeClient[] = [];
  readonly #readers: Reader[] = [];
  readonly #published = new Map<string, number>();
  readonly #faults: string[] = [];
  readonly #writing: Promise<void>[] = [];
  #heard = 0;
  #returns = 0;
  #live = 0;
  #isStopping = false;

  constructor(options: FleetOptions, environment: Partial<Environment>) {
    this.#options = options;
    const seeded = { ...environment, random: randomOf(options.seed) };
    for (let i = 0; i < options.readers; i++) this.#read(this.#client(`${options.name}-r${i}`, seeded), i);
    for (let i = 0; i < options.writers; i++) this.#writing.push(this.#write(this.#client(`${options.name}-w${i}`, seeded), i));
  }

  /** Ends the writing; resolves when everything that was begun is acknowledged. */
  async stop(): Promise<FleetReport> {
    this.#isStopping = true;
    await Promise.all(this.#writing);
    return this.report();
  }

  /** How it stands now. */
  report(): FleetReport {
    return {
      published: Object.fromEntries(this.#published),
      heard: this.#heard,
      connected: this.#clients.filter((client) => client.state === "connected").length,
      live: this.#live,
      returns: this.#returns,
      faults: this.#faults,
    };
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  #client(user: string, environment: Partial<Environment>): RealtimeClient {
    const token = async (): Promise<string> => {
      const response = await fetch(`${this.#options.tokens}?user=${user}`);
      if (!response.ok) throw new Error(`The desk answered ${response.status}.`);
      return response.text();
    };
    const client = new RealtimeClient(this.#options.url, { token, environment });
    let wasConnected = false;
    client.on("state", ({ state, reason }) => {
      if (state === "closed" && !this.#isStopping) this.#fault(`${user} was closed: ${reason}`);
      if (state !== "connected") return;
      if (wasConnected) this.#returns++;
      wasConnected = true;
    });
    client.on("error", (error) => this.#fault(`${user} was told ${error.code}: ${error.message}`));
    this.#clients.push(client);
    client.connect();
    return client;
  }

  #read(client: RealtimeClient, index: number): void {
    const { channels, name } = this.#options, reader: Reader = { channel: channels[index % channels.length]!, last: 0 };
    this.#readers.push(reader);
    const who = `${name}-r${index}`;
    const subscription = client.subscribe(reader.channel);
    let isFirst = true;
    let isCounted = false;
    subscription.on("subscribed", ({ recovered, seq }) => {
      // Readers are live before the first publication, so that each hears all.
      if (isFirst && seq !== 0) this.#fault(`${who} came late, at ${seq}`);
      if (!isFirst && !recovered) this.#fault(`${who} was not recovered, after ${reader.last}`);
      isFirst = false;
      if (!isCounted) this.#live++;
      isCounted = true;
    });
    client.on("state", ({ state }) => {
      if (state === "connected" || !isCounted) return;
      isCounted = false;
      this.#live--;
    });
    subscription.on("gap", ({ from, to, reason }) => this.#fault(`${who} was told of a gap ${from}-${to}: ${reason}`));
    subscription.on("reset", ({ seq }) => this.#fault(`${who} was reset to ${seq}`));
    subscription.on("unsubscribed", (error) => this.#fault(`${who} was unsubscribed: ${error.message}`));
    void this.#follow(subscription, reader, who);
  }

  async #follow(publications: AsyncIterable<Publication>, reader: Reader, who: string): Promise<void> {
    const counts = new Map<string, number>();
    try {
      for await (const { seq, from, data } of publications) {
        if (seq !== reader.last + 1) this.#fault(`${who} heard ${seq} after ${reader.last}`);
        const expected = counts.get(from) ?? 0;
        if (data !== expected) this.#fault(`${who} heard ${String(data)} of ${from} instead of ${expected}`);
        counts.set(from, expected + 1);
        reader.last = seq;
        this.#heard++;
      }
    } catch (error) {
      this.#fault(`${who} could not go on: ${String(error)}`);
    }
  }

  async #write(client: RealtimeClient, index: number): Promise<void> {
    const { channels, paceMs, name, readers } = this.#options, channel = channels[index % channels.length]!;
    while (this.#live < readers && !this.#isStopping) await pause(20);
    const waiting = new Set<Promise<void>>();
    for (let number = 0; !this.#isStopping; number++) {
      // As applications should that write faster than a bad line carries.
      await client.whenRoom();
      const publish = client.publish(channel, number, { mid: `${name}-${index}-${number}` }).then(
        () => void this.#published.set(channel, (this.#published.get(channel) ?? 0) + 1),
        (error: unknown) => this.#fault(`a publish failed: ${error instanceof RealtimeError ? error.code : ""} ${String(error)}`));
      waiting.add(publish);
      void publish.then(() => waiting.delete(publish));
      await pause(paceMs);
    }
    await Promise.all(waiting);
  }

  #fault(text: string): void {
    if (this.#faults.length < mostFaults) this.#faults.push(text);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Numbers from 0 to less than 1, the same ones for a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
