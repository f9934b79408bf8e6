import type { TokenProvider } from "./options.js";

// A token that ends sooner may end between here and the server.
const leewayMs = 30_000;

/** The token in use: kept across reconnects, so that a thousand clients that come back do not all ask for new ones. */
export class TokenKeeper {
  readonly #provider: TokenProvider | undefined;
  readonly #now: () => number;
  #token: string | null = null;
  #isGood = false;
  #endsAt = Infinity;

  constructor(provider: TokenProvider | undefined, now: () => number) {
    this.#provider = provider;
    this.#now = now;
  }

  /** Whether asking again can bring another token. */
  get canRenew(): boolean {
    return this.#provider !== undefined;
  }

  /** The token in use, or a new one when there is none that will do. Rejects as the provider does. */
  async get(): Promise<string | null> {
    return this.#isGood && this.#now() < this.#endsAt - leewayMs ? this.#token : this.renew();
  }

  /** A new token from the provider. */
  async renew(): Promise<string | null> {
    const token = this.#provider === undefined ? null : await this.#provider();
    this.#token = token;
    this.#isGood = true;
    this.#endsAt = Infinity;
    return token;
  }

  /** The server refused it. */
  discard(): void {
    this.#isGood = false;
  }

  /** It is good for so many milliseconds more; null for ever. A duration, because the two clocks may differ. */
  goodFor(ms: number | null): void {
    this.#endsAt = ms === null ? Infinity : this.#now() + ms;
  }
}
