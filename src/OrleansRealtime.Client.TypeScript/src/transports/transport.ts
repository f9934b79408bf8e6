import type { Command, Frame } from "../messages.js";

/** How a link ended. */
export interface End {
  /** A close code of section 11 of PROTOCOL.md, or what the HTTP answer amounts to. */
  readonly code: number;
  readonly reason: string;
  /** Whether the server answered at all; when not, another transport may get through. */
  readonly wasAnswered: boolean;
  /** Milliseconds from the header `Retry-After`. */
  readonly retryAfter?: number;
}

/** What a link tells. After `ended` nothing more comes. */
export interface LinkHandlers {
  /** Commands may be sent. A stream takes them before the server has answered anything; what it sends first is its answer. */
  opened(wasAnswered: boolean): void;
  received(frame: Frame): void;
  ended(end: End): void;
}

/** One connection to the server, dead once ended. */
export interface Link {
  /** Only after `opened`. */
  send(command: Command): void;
  /** Ends it now; `ended` is not called. */
  close(): void;
}

export type Transport = (handlers: LinkHandlers) => Link;
