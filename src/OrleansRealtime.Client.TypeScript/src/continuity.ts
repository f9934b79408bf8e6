import type { Position, Subscribed } from "./messages.js";

/** What a subscriber knows of the numbering of a channel. Immutable. */
export interface Continuity {
  readonly position: Position;
  /** Up to this sequence holes mean nothing: a snapshot has only the latest of each key. */
  readonly holesUntil: number;
}

export type Verdict = "next" | "duplicate" | "hole";

/** What the answer to a subscribe says about the numbering. */
export function begin(answer: Subscribed): Continuity {
  return answer.snapshot && answer.missed > 0
    ? { position: { epoch: answer.epoch, seq: 0 }, holesUntil: answer.seq }
    : { position: { epoch: answer.epoch, seq: answer.seq - answer.missed }, holesUntil: 0 };
}

/** Whether a publication is the next one, was heard before, or comes too early. Conflated subscribers hear only some. */
export function judge({ position, holesUntil }: Continuity, seq: number, isConflated: boolean): Verdict {
  if (seq <= position.seq) return "duplicate";
  return isConflated || seq <= Math.max(position.seq, holesUntil) + 1 ? "next" : "hole";
}

/** After the publication, or the gap that ends with it. */
export function advance({ position, holesUntil }: Continuity, seq: number): Continuity {
  return { position: { epoch: position.epoch, seq: Math.max(position.seq, seq) }, holesUntil };
}
