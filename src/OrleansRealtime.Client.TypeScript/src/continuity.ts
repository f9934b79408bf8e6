import type { Position, Subscribed } from "./messages.js";

/** What a subscriber knows of the numbering of a channel. Immutable. */
export interface Continuity {
  readonly position: Position;
  /** Up to this sequence holes mean nothing: a snapshot has only the latest of each key. */
  readonly holesUntil: number;
}

export type Verdict = "next" | "duplicate" | "hole";

/**
 * What the answer to a subscribe says about the numbering, to one who asked from `from`. More may follow than was asked for: an
 * event stream goes on from the last event id, which may lie before what was heard.
 */
export function begin(answer: Subscribed, from?: Position): Continuity {
  const { epoch, seq, missed } = answer;
  if (answer.snapshot && missed > 0) return { position: { epoch, seq: 0 }, holesUntil: seq };
  const heard = answer.recovered && from !== undefined && from.epoch === epoch ? from.seq : 0;
  return { position: { epoch, seq: Math.max(seq - missed, heard) }, holesUntil: 0 };
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
