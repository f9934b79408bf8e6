import type { Environment } from "./environment.js";

/** Sends at once, and then at most once per interval: the newest of what came meanwhile, of each key. */
export class Throttle {
  readonly #environment: Environment;
  /** What is held back, by key; null while an interval runs in which nothing came. */
  readonly #held = new Map<string, (() => void) | null>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  run(key: string, intervalMs: number, send: () => void): void {
    if (this.#held.has(key)) {
      this.#held.set(key, send);
      return;
    }
    send();
    this.#held.set(key, null);
    this.#environment.timer(intervalMs, () => {
      const held = this.#held.get(key);
      this.#held.delete(key);
      if (held != null) this.run(key, intervalMs, held);
    });
  }
}
