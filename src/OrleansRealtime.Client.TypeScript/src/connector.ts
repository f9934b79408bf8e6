import { backoffMs } from "./backoff.js";
import { authenticationRefused, normal, ruleOf } from "./codes.js";
import { Connection, type OnAnswer } from "./connection.js";
import type { Environment } from "./environment.js";
import { RealtimeError } from "./errors.js";
import type { Frame, Welcome } from "./messages.js";
import { Renewal } from "./renewal.js";
import type { TokenKeeper } from "./token.js";
import type { TransportChoice } from "./transports/choice.js";
import type { End } from "./transports/transport.js";

export type State = "connecting" | "connected" | "closed";

export interface StateChange {
  readonly state: State;
  /** Why it left the state before, for people. */
  readonly reason: string;
  /** The close code, when `state` is `closed`. */
  readonly code?: number;
}

export interface ConnectorHandlers {
  /** The link is open and `auth` is sent; what may go in the same breath goes now. */
  opened(connection: Connection): void;
  connected(connection: Connection, welcome: Welcome): void;
  received(frame: Frame): void;
  disconnected(): void;
  changed(change: StateChange): void;
}

const version = 1;
// A provider whose tokens are refused this often in a row has no better ones.
const refusalsBeforeEnd = 3;

/** Gets a connection and gets it back, by the table of close codes, until it is told to stop. */
export class Connector {
  readonly #environment: Environment;
  readonly #tokens: TokenKeeper;
  readonly #choice: TransportChoice;
  readonly #answerTimeoutMs: number;
  readonly #handlers: ConnectorHandlers;
  readonly #renewal: Renewal;
  #state: State = "closed";
  #connection: Connection | null = null;
  #session: string | null = null;
  #attempts = 0;
  #refusals = 0;
  /** Names the attempt under way; what belongs to an older one is void. */
  #attempt = 0;
  #isWaiting = false;
  #isDraining = false;
  /** The network came back during the attempt under way, which may have begun without one. */
  #isWoken = false;
  #cancelWait = () => {};

  constructor(environment: Environment, tokens: TokenKeeper, choice: TransportChoice, answerTimeoutMs: number, handlers: ConnectorHandlers) {
    this.#environment = environment;
    this.#tokens = tokens;
    this.#choice = choice;
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#handlers = handlers;
    this.#renewal = new Renewal(environment, tokens);
  }

  get state(): State {
    return this.#state;
  }

  start(): void {
    if (this.#state !== "closed") return;
    this.#attempts = this.#refusals = 0;
    this.#change({ state: "connecting", reason: "asked to connect" });
    this.#try();
  }

  /** Ends for good. The session is forgotten, because a client that leaves on purpose wants no other to be kept for it. */
  stop(code: number, reason: string): void {
    if (this.#state === "closed") return;
    this.#attempt++;
    this.#isDraining = false;
    this.#endWait();
    this.#session = null;
    this.#leave();
    this.#change({ state: "closed", reason, code });
  }

  /** The page is looked at again, or the network is back: whatever was waited for may have come true, and the line may be dead. */
  wake(): void {
    if (this.#state === "connected") {
      this.#connection?.probe();
    } else if (this.#isWaiting && !this.#isDraining) {
      this.#startAnew();
    } else {
      this.#isWoken = true;
    }
  }

  #startAnew(): void {
    this.#attempts = 0;
    this.#choice.startAnew();
    this.#try();
  }

  #try(): void {
    this.#isWoken = false;
    this.#endWait();
    const attempt = ++this.#attempt;
    this.#tokens.get().then(
      (token) => { if (attempt === this.#attempt) this.#open(token); },
      (error: unknown) => { if (attempt === this.#attempt) this.#tokenFailed(error); });
  }

  #tokenFailed(error: unknown): void {
    if (error instanceof RealtimeError && !error.retryable) this.stop(authenticationRefused, error.message);
    else this.#comeBack(undefined);
  }

  #open(token: string | null): void {
    const connection: Connection = new Connection(this.#choice.current, this.#environment, this.#answerTimeoutMs, {
      answered: () => this.#choice.answered(),
      opened: () => {
        const payload = { ...(token === null ? {} : { token }), v: version, ...(this.#session === null ? {} : { session: this.#session }) };
        connection.ask({ type: "auth", payload }, this.#onAuthAnswer(connection));
        this.#handlers.opened(connection);
      },
      received: (frame) => this.#receive(connection, frame),
      ended: (end) => this.#ended(end),
    });
    this.#connection = connection;
  }

  #onAuthAnswer(connection: Connection): OnAnswer {
    return (answer) => {
      if (answer instanceof RealtimeError) {
        if (answer.code === "disconnected") return;
        // The server closes after these, and its code says more; others it survives.
        if (answer.code === "unauthenticated" || answer.code === "forbidden") {
          this.#environment.timer(this.#answerTimeoutMs, () => connection.drop(answer.message));
        } else if (answer.retryable) this.#lost(answer.message, answer.retryAfter);
        else this.stop(normal, `${answer.code}: ${answer.message}`);
      } else if (answer.type === "auth_ack") {
        this.#welcomed(connection, answer.payload, answer.ts);
      }
    };
  }

  #welcomed(connection: Connection, welcome: Welcome, serverNow: number): void {
    this.#attempts = this.#refusals = 0;
    this.#isWoken = false;
    // Empty: nothing that could be taken up.
    this.#session = welcome.session || null;
    this.#renewal.begin(connection, serverNow, welcome.expires);
    connection.startHeartbeat(welcome.heartbeat);
    this.#state = "connected";
    this.#handlers.connected(connection, welcome);
    this.#handlers.changed({ state: "connected", reason: welcome.resumed ? "resumed" : "new session" });
  }

  #receive(connection: Connection, frame: Frame): void {
    if (frame.type === "reconnect") {
      this.#isDraining = true;
      this.#waitFor(frame.payload.after);
    } else if (frame.type === "expiring") {
      this.#renewal.run(connection);
    } else {
      this.#handlers.received(frame);
    }
  }

  #ended(end: End): void {
    const rule = ruleOf(end.code), wasConnected = this.#state === "connected";
    this.#attempt++;
    if (!end.wasAnswered) this.#choice.failed();
    if (rule.token === "new") {
      this.#tokens.discard();
      if (!this.#tokens.canRenew || (!wasConnected && ++this.#refusals >= refusalsBeforeEnd)) return this.stop(end.code, end.reason);
    }
    if (!rule.comeBack) return this.stop(end.code, end.reason);
    this.#lost(end.reason || `closed with ${end.code}`, rule.atOnce && wasConnected ? 0 : end.retryAfter);
  }

  /** Comes back after so many milliseconds, or with backoff. A time that `reconnect` named goes before. */
  #lost(reason: string, afterMs: number | undefined): void {
    this.#leave();
    if (this.#state === "connected") this.#change({ state: "connecting", reason });
    if (this.#isDraining || this.#state === "closed") return;
    this.#comeBack(afterMs);
  }

  #comeBack(afterMs: number | undefined): void {
    if (afterMs === 0) this.#try();
    else if (afterMs === undefined && this.#isWoken) this.#startAnew();
    else this.#waitFor(afterMs ?? backoffMs(this.#attempts++, this.#environment.random));
  }

  #waitFor(ms: number): void {
    this.#cancelWait();
    this.#isWaiting = true;
    this.#cancelWait = this.#environment.timer(ms, () => {
      this.#isDraining = false;
      this.#leave();
      if (this.#state === "connected") this.#change({ state: "connecting", reason: "the server asked to reconnect" });
      this.#try();
    });
  }

  #endWait(): void {
    this.#isWaiting = false;
    this.#cancelWait();
  }

  #leave(): void {
    const connection = this.#connection;
    this.#connection = null;
    this.#renewal.end();
    connection?.close();
    if (connection !== null) this.#handlers.disconnected();
  }

  #change(change: StateChange): void {
    this.#state = change.state;
    this.#handlers.changed(change);
  }
}
