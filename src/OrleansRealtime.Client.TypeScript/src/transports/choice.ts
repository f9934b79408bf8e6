import type { Transport } from "./transport.js";

// PROTOCOL.md, section 2: one failure may be chance. Where a transport got through before, it is the server that is away.
const failuresBeforeNext = 2, failuresOfProven = 6;

/** Which transport the next attempt uses: the first that gets through to the server. */
export class TransportChoice {
  readonly #transports: readonly Transport[];
  #current = 0;
  #failures = 0;
  #isProven = false;

  constructor(transports: readonly Transport[]) {
    this.#transports = transports;
  }

  get current(): Transport {
    return this.#transports[this.#current]!;
  }

  /** The server answered, with whatever. */
  answered(): void {
    this.#failures = 0;
    this.#isProven = true;
  }

  /** Nothing came back. The last one fails once before the first has its turn again: it is the network that is gone. */
  failed(): void {
    const isLast = this.#current === this.#transports.length - 1;
    if (++this.#failures < (this.#isProven ? failuresOfProven : failuresBeforeNext) && !(isLast && this.#current > 0)) return;
    this.#failures = 0;
    this.#isProven = false;
    this.#current = (this.#current + 1) % this.#transports.length;
  }

  /** Another network may let through what this one did not. */
  startAnew(): void {
    this.#failures = 0;
    this.#isProven = false;
    this.#current = 0;
  }
}
