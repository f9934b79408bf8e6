import { RealtimeError } from "./errors.js";
import type { Publication } from "./messages.js";

/** A bounded queue between a subscription and one `for await` over it. */
export class PublicationQueue implements AsyncIterableIterator<Publication> {
  readonly #limit: number;
  readonly #onReturn: () => void;
  readonly #items: Publication[] = [];
  readonly #readers: { resolve: (result: IteratorResult<Publication, undefined>) => void; reject: (error: RealtimeError) => void }[] = [];
  #isOver = false;
  #error: RealtimeError | null = null;

  constructor(limit: number, onReturn: () => void) {
    this.#limit = limit;
    this.#onReturn = onReturn;
  }

  push(publication: Publication): void {
    if (this.#isOver) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) reader.resolve({ done: false, value: publication });
    else if (this.#items.length < this.#limit) this.#items.push(publication);
    else this.end(new RealtimeError("overflow", `More than ${this.#limit} publications wait to be read.`));
  }

  /** What is queued is still read; then comes the end, or the error. */
  end(error: RealtimeError | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = error;
    this.#onReturn();
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
  }

  next(): Promise<IteratorResult<Publication, undefined>> {
    return new Promise((resolve, reject) => {
      const item = this.#items.shift();
      if (item !== undefined) resolve({ done: false, value: item });
      else if (this.#isOver) this.#finish({ resolve, reject });
      else this.#readers.push({ resolve, reject });
    });
  }

  async return(): Promise<IteratorResult<Publication, undefined>> {
    this.#items.length = 0;
    this.end(null);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish({ resolve, reject }: { resolve: (result: IteratorResult<Publication, undefined>) => void; reject: (error: RealtimeError) => void }): void {
    const error = this.#error;
    this.#error = null;
    if (error === null) resolve({ done: true, value: undefined });
    else reject(error);
  }
}
