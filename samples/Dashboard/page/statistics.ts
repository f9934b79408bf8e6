import type { Publication } from "orleansrealtime";
import { byId } from "../../Shared/page/elements.js";

/** What came in the last second, and how much more was published: the numbers of a channel have no holes, so they tell. */
export class Statistics {
  readonly #keys = new Set<string>();
  #received = 0;
  #last = 0;
  #lastShown = 0;
  #shownAt = 0;
  #lags: number[] = [];

  /** After a subscription was taken up: what comes first is the past. */
  begin(): void {
    this.#last = this.#lastShown = 0;
    this.#lags = [];
  }

  count({ seq, ts, key }: Publication): void {
    if (key !== undefined && key !== "paused") this.#keys.add(key);
    this.#received++;
    this.#last = Math.max(this.#last, seq);
    // Between the publisher's clock and this one: true only as far as both are.
    this.#lags.push(Date.now() - ts);
  }

  /** To be called once a second. */
  show(): void {
    const seconds = (performance.now() - this.#shownAt) / 1000, published = this.#lastShown === 0 ? 0 : this.#last - this.#lastShown;
    byId("published").textContent = `${round(published / seconds)}/s`;
    byId("received").textContent = `${round(this.#received / seconds)}/s`;
    byId("sensors").textContent = this.#keys.size.toLocaleString();
    byId("lag").textContent = this.#lags.length === 0 ? "–" : `${Math.round(median(this.#lags))} ms`;
    this.#received = 0;
    this.#lags = [];
    this.#lastShown = this.#last;
    this.#shownAt = performance.now();
  }
}

function round(rate: number): string {
  return Math.round(rate).toLocaleString();
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
