import { RealtimeClient, type RealtimeClientOptions } from "../src/index.js";
import { FakeServer } from "./fake-server.js";

type Fields = Record<string, unknown>;

const guarantee = { durability: "memory", count: 1000, bytes: 1_048_576, ageMs: 3_600_000, compact: false, slowReader: "catchup" };

/** A client and the fake server that it talks to. Without a token provider it connects anonymously. */
export class Pair {
  readonly server = new FakeServer();
  readonly client: RealtimeClient;

  constructor(options: RealtimeClientOptions = {}) {
    this.client = new RealtimeClient("ws://server", { environment: this.server.environment, transports: ["websocket"], ...options });
  }

  /** Takes the client's link and answers its `auth`. Subscribes sent in the same breath are answered with `position`. */
  async connect(position = { epoch: "e1", seq: 0 }): Promise<void> {
    this.client.connect();
    await this.server.accept();
    const auth = await this.server.command();
    const subscribes: Fields[] = [];
    while (this.server.acts.length > 0) subscribes.push(await this.server.command());
    await this.server.send(welcome(auth["id"]));
    for (const subscribe of subscribes) await this.server.send(subscribed(subscribe, position));
  }

  /** Waits out the backoff, then as `connect`. */
  async reconnect(position?: { epoch: string; seq: number }): Promise<void> {
    await this.server.clock.advance(250);
    await this.connect(position);
  }

  async publication(seq: number, fields: Fields = {}): Promise<void> {
    await this.server.send({ type: "publication", channel: "chat:1", seq, ts: 1, from: "bob", payload: `p${seq}`, ...fields });
  }

  /** Answers the next command. */
  async answer(payload?: Fields): Promise<Fields> {
    const command = await this.server.command();
    await this.server.send({ type: "ack", id: command["id"], payload });
    return command;
  }
}

export function welcome(id: unknown): Fields {
  const limits = { messageBytes: 131_072, subscriptions: 200 };
  return { type: "auth_ack", id, ts: 1000, payload: { v: 1, user: "anon:1", session: "s-1", resumed: false, node: "n", heartbeat: 25_000, expires: null, limits } };
}

export function subscribed({ id, channel }: Fields, { epoch, seq }: { epoch: string; seq: number }): Fields {
  return { type: "ack", id, channel, payload: { epoch, seq, recovered: true, missed: 0, snapshot: false, guarantee } };
}
