import { backoffMs } from "./backoff.js";
import type { Connection } from "./connection.js";
import type { Environment } from "./environment.js";
import { RealtimeError } from "./errors.js";
import type { TokenKeeper } from "./token.js";

/** Gives a live connection new tokens before the old one ends. */
export class Renewal {
  readonly #environment: Environment;
  readonly #tokens: TokenKeeper;
  #connection: Connection | null = null;
  /** The server's clock less this one's, in milliseconds. */
  #serverAheadMs = 0;
  #attempts = 0;
  #isRunning = false;
  #cancelPause = () => {};

  constructor(environment: Environment, tokens: TokenKeeper) {
    this.#environment = environment;
    this.#tokens = tokens;
  }

  /** A connection is there. Times in Unix milliseconds of the server. */
  begin(connection: Connection, serverNow: number, expires: number | null): void {
    this.#connection = connection;
    this.#serverAheadMs = serverNow - this.#environment.now();
    this.#noteExpiry(expires);
  }

  /** The connection is gone; its successor brings a token of its own. */
  end(): void {
    this.#connection = null;
    this.#isRunning = false;
    this.#cancelPause();
  }

  /** Asks for a new token and hands it over, until that succeeds or the connection ends. */
  run(connection: Connection): void {
    if (this.#isRunning || !this.#tokens.canRenew) return;
    this.#isRunning = true;
    this.#attempts = 0;
    this.#try(connection);
  }

  #try(connection: Connection): void {
    this.#tokens.renew().then(
      (token) => {
        if (connection !== this.#connection) return;
        if (token === null) this.#isRunning = false;
        else this.#refresh(connection, token);
      },
      () => this.#tryLater(connection));
  }

  #refresh(connection: Connection, token: string): void {
    connection.ask({ type: "refresh", payload: { token } }, (answer) => {
      if (connection !== this.#connection) return;
      if (answer instanceof RealtimeError) {
        if (answer.code !== "disconnected") this.#tryLater(connection, answer.retryAfter);
        return;
      }
      this.#isRunning = false;
      if (answer.type === "ack") this.#noteExpiry((answer.payload as { expires: number | null }).expires);
    });
  }

  #tryLater(connection: Connection, afterMs?: number): void {
    if (connection !== this.#connection) return;
    this.#cancelPause = this.#environment.timer(
      afterMs ?? backoffMs(this.#attempts++, this.#environment.random),
      () => this.#try(connection));
  }

  #noteExpiry(expires: number | null): void {
    this.#tokens.goodFor(expires === null ? null : expires - this.#serverAheadMs - this.#environment.now());
  }
}
