import { RealtimeError, type HistoryPage, type Position, type Publication, type RealtimeClient, type Subscription } from "orleansrealtime";
import * as Y from "yjs";

export type SavingState =
  /** The text so far is on its way from the server. */
  | "loading"
  /** The server has everything. */
  | "saved"
  /** Something is on its way to the server, or waits for a connection. */
  | "saving"
  /** The server refused something for good. */
  | "refused";

const snapshotKey = "snapshot:";

/** How long a history that could not be read just now is left alone. */
const retryAfterMs = 1000;

/** Keeps a Yjs document and the log of a channel the same. */
export class SharedDocument {
  readonly doc = new Y.Doc();
  readonly #client: RealtimeClient;
  readonly #channel: string;
  readonly #onState: (state: SavingState) => void;
  #waiting: Uint8Array[] = [];
  #isSending = false;
  #loads = 0;
  #isWhole = false;
  #snapshotEvery = 50;

  constructor(client: RealtimeClient, subscription: Subscription, onState: (state: SavingState) => void) {
    this.#client = client;
    this.#channel = subscription.channel;
    this.#onState = onState;
    this.doc.on("update", (update: Uint8Array, origin: unknown) => { if (origin !== this) this.#save(update); });

    subscription.on("publication", (publication) => this.#take(publication));
    subscription.on("subscribed", ({ recovered, guarantee }) => {
      this.#snapshotEvery = Math.max(1, Math.round(guarantee.count / 20));
      if (this.#loads === 0 || !recovered) void this.#load();
    });
    // Something was missed for good, or the numbering began anew: the log may know more than this page, and this page more than it.
    subscription.on("gap", () => void this.#load());
    subscription.on("reset", () => void this.#load());
    subscription.on("unsubscribed", () => onState("refused"));
  }

  /** One publish at a time: what is typed meanwhile, or offline, goes with the next as one merged update. */
  #save(update: Uint8Array): void {
    this.#waiting.push(update);
    this.#tellState();
    if (!this.#isSending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    try {
      while (this.#waiting.length > 0) await this.#client.publish(this.#channel, Y.mergeUpdates(this.#waiting.splice(0)));
      this.#isSending = false;
      this.#tellState();
    } catch {
      this.#isSending = false;
      this.#onState("refused");
    }
  }

  /** Updates may come twice and in any order; Yjs makes the same document of them. */
  #take({ seq, from, key, data }: Publication): void {
    Y.applyUpdate(this.doc, data as Uint8Array, this);
    // One of those who are here wrote this one: nobody has to be elected.
    if (this.#isWhole && key === undefined && from === this.#client.user && seq % this.#snapshotEvery === 0) this.#saveSnapshot(seq);
  }

  /** What stands up to `seq`. If this one is refused or lost, the next comes soon. */
  #saveSnapshot(seq: number): void {
    this.#client.publish(this.#channel, Y.encodeStateAsUpdate(this.doc), { key: snapshotKey + seq }).catch(() => {});
  }

  /** Takes the newest snapshot and what is newer. Later than at first it also gives the log what that lacks. */
  async #load(): Promise<void> {
    const load = ++this.#loads;
    this.#isWhole = false;
    let log;
    try {
      log = await this.#readBack();
    } catch (error) {
      return this.#loadFailed(load, error);
    }
    if (load !== this.#loads) return;

    const known = Y.mergeUpdates([Y.encodeStateAsUpdate(new Y.Doc()), ...log.updates]);
    Y.applyUpdate(this.doc, known, this);
    this.#isWhole = true;
    if (load > 1) this.#save(Y.encodeStateAsUpdate(this.doc, Y.encodeStateVectorFromUpdate(known)));
    if (log.updates.length > 2 * this.#snapshotEvery) this.#saveSnapshot(log.newest);
    this.#tellState();
  }

  #loadFailed(load: number, error: unknown): void {
    if (load !== this.#loads) return;
    if (!(error instanceof RealtimeError && error.retryable)) return this.#onState("refused");
    setTimeout(() => { if (load === this.#loads) void this.#load(); }, error.retryAfter ?? retryAfterMs);
  }

  /** The log from its end back to the position that its newest snapshot was made at. */
  async #readBack(): Promise<{ newest: number; updates: Uint8Array[] }> {
    const updates: Uint8Array[] = [];
    let newest = 0, madeAt = 0, from: Position | undefined, page: HistoryPage;
    do {
      page = await this.#client.history(this.#channel, { reverse: true, from });
      for (const { seq, key, data } of page.publications) {
        if (seq <= madeAt) return { newest, updates };
        if (key !== undefined) madeAt = Math.max(madeAt, Number(key.slice(snapshotKey.length)));
        newest = Math.max(newest, seq);
        updates.push(data as Uint8Array);
        from = { epoch: page.epoch, seq };
      }
    } while (page.more);
    return { newest, updates };
  }

  #tellState(): void {
    this.#onState(!this.#isWhole ? "loading" : this.#isSending || this.#waiting.length > 0 ? "saving" : "saved");
  }
}
