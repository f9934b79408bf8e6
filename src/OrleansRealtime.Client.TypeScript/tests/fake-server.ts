import { defaultEnvironment, type Environment, type WebSocketLike } from "../src/environment.js";
import { settled, VirtualClock } from "./virtual-clock.js";

/** What a client did to the outside world, in order. */
export type Act =
  | { readonly act: "opens"; readonly socket: FakeSocket }
  | { readonly act: "sends"; readonly text: string | Uint8Array }
  | { readonly act: "closes"; readonly code: number | undefined }
  | { readonly act: "asksToken"; readonly give: (token: string | null) => void };

/** The client's end of a WebSocket whose other end is the test. */
export class FakeSocket implements WebSocketLike {
  binaryType = "blob";
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: never }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  #state: "opening" | "open" | "over" = "opening";

  constructor(readonly server: FakeServer, readonly url: string, readonly protocols: string[]) {}

  send(data: string | Uint8Array): void {
    if (this.#state !== "open") throw new Error(`send on a WebSocket that is ${this.#state}`);
    this.server.acts.push({ act: "sends", text: data });
  }

  close(code?: number): void {
    if (this.#state === "over") return;
    const wasOpen = this.#state === "open";
    this.#state = "over";
    if (wasOpen) this.server.acts.push({ act: "closes", code });
    else this.server.acts.push({ act: "closes", code: undefined });
    queueMicrotask(() => this.onclose?.({ code: code ?? 1005, reason: "" }));
  }

  accept(): void {
    this.#state = "open";
    this.onopen?.({} as never);
  }

  receive(data: string | ArrayBuffer): void {
    this.onmessage?.({ data: data as never });
  }

  end(code: number, reason = ""): void {
    this.#state = "over";
    if (code === 1006) this.onerror?.({} as never);
    this.onclose?.({ code, reason });
  }
}

/** A server that does what the test tells it: speaks frames, and misbehaves. */
export class FakeServer {
  readonly clock = new VirtualClock();
  readonly acts: Act[] = [];
  socket: FakeSocket | null = null;
  wake: () => void = () => {};
  #ids = 0;

  /** The world for a client of this server. Random numbers are always 0.5. */
  get environment(): Partial<Environment> {
    const server = this;
    return {
      ...defaultEnvironment(),
      now: this.clock.now,
      timer: this.clock.timer,
      random: () => 0.5,
      newId: () => `mid-${++this.#ids}`,
      onWake: (run) => {
        this.wake = run;
        return () => { this.wake = () => {}; };
      },
      WebSocket: class extends FakeSocket {
        constructor(url: string, protocols: string[]) {
          super(server, url, protocols);
          server.socket = this;
          server.acts.push({ act: "opens", socket: this });
        }
      },
    };
  }

  /** A provider whose answers the test gives; null makes it throw. */
  readonly token = (): Promise<string> => new Promise((resolve, reject) => {
    this.acts.push({ act: "asksToken", give: (token) => token === null ? reject(new Error("the provider is down")) : resolve(token) });
  });

  /** The next thing that the client did, which must be this. */
  async next<Kind extends Act["act"]>(kind: Kind): Promise<Extract<Act, { act: Kind }>> {
    await settled();
    const act = this.acts.shift();
    if (act?.act !== kind) throw new Error(`expected that the client ${kind}, but it ${describe(act)}`);
    return act as Extract<Act, { act: Kind }>;
  }

  async accept(): Promise<void> {
    (await this.next("opens")).socket.accept();
    await settled();
  }

  async refuse(): Promise<void> {
    (await this.next("opens")).socket.end(1006);
    await settled();
  }

  /** The next command, parsed. */
  async command(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.next("sends")).text as string) as Record<string, unknown>;
  }

  async send(frame: unknown): Promise<void> {
    this.socket!.receive(typeof frame === "string" ? frame : JSON.stringify(frame));
    await settled();
  }

  async end(code: number): Promise<void> {
    this.socket!.end(code);
    await settled();
  }
}

export function describe(act: Act | undefined): string {
  if (act === undefined) return "did nothing";
  return act.act === "sends" ? `sends ${act.text as string}` : act.act;
}
