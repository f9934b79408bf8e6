import type { Codec } from "./codec.js";
import type { Environment } from "./environment.js";

/** Yields a token, or null to connect without one. It may throw: it is asked again, with backoff. */
export type TokenProvider = () => string | null | Promise<string | null>;

/** What to do with a publish when the queue is full. */
export type QueuePolicy = "reject" | "drop-oldest";

export interface RealtimeClientOptions {
  /** Asked before the first connection, before a token expires, and when the server refused one. Default: no token. */
  readonly token?: TokenProvider | undefined;
  /** What to try, in this order; the next after two unanswered attempts, six if it got through before. Default: `["websocket", "events"]`. */
  readonly transports?: readonly TransportName[] | undefined;
  /** The encoding on WebSockets. Default: JSON. */
  readonly codec?: Codec | undefined;
  /** How many publishes may wait for their answer, connected or not. Default 1000. */
  readonly queueLimit?: number | undefined;
  /** `reject` refuses the new one with `queue_full`, `drop-oldest` the one that has waited longest. Default `reject`. */
  readonly queuePolicy?: QueuePolicy | undefined;
  /** How many publications an iterator keeps for a slow reader, before it ends with `overflow`. Default 10000. */
  readonly bufferLimit?: number | undefined;
  /** Milliseconds to wait for an answer before the connection counts as lost. Default 15000. */
  readonly answerTimeoutMs?: number | undefined;
  /** Clock, timers, random numbers, WebSocket. Default: those of the browser or of Node.js. */
  readonly environment?: Partial<Environment> | undefined;
}

/** `events` is a stream of server-sent events, with commands over HTTP. */
export type TransportName = "websocket" | "events";
