import type { Refusal } from "./messages.js";

/** Codes of section 10 of PROTOCOL.md. A server may send others; they count by `retryable`. */
export type ServerErrorCode =
  | "bad_request" | "unknown_type" | "unsupported_version" | "unauthenticated" | "forbidden" | "not_subscribed" | "too_large"
  | "too_many_subscriptions" | "rate_limited" | "conflict" | "unavailable" | "timeout" | "internal";

/** Codes that this client makes itself. */
export type LocalErrorCode =
  /** The connection was lost before the answer; whether it took effect is unknown. */
  | "disconnected"
  /** The client was closed, by the application or for good by the server. */
  | "closed"
  /** The queue of publishes is full. */
  | "queue_full"
  /** An iterator was not read for so long that its buffer is full. */
  | "overflow"
  /** The `AbortSignal` of the call was aborted. */
  | "aborted";

/** Why something did not succeed. `code` is stable; `message` is for people. */
export class RealtimeError extends Error {
  override readonly name = "RealtimeError";
  readonly code: ServerErrorCode | LocalErrorCode | (string & {});
  /** Whether the same may succeed later. */
  readonly retryable: boolean;
  /** Milliseconds that the server asked to wait. */
  readonly retryAfter: number | undefined;

  constructor(code: RealtimeError["code"], message: string, retryable = false, retryAfter?: number) {
    super(message);
    this.code = code;
    this.retryable = retryable;
    this.retryAfter = retryAfter;
  }

  static of(refusal: Refusal, message: string): RealtimeError {
    return new RealtimeError(refusal.code, message, refusal.retryable, refusal.retryAfter);
  }
}
