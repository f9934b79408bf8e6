/** Where a channel stands: all up to and including this publication. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** One item of a channel. `data` is what was published: a JSON value, or a `Uint8Array` when it was binary. */
export interface Publication<Data = unknown> {
  readonly seq: number;
  /** Unix milliseconds on the server. */
  readonly ts: number;
  /** A user id, or `$name` for a server. */
  readonly from: string;
  readonly mid?: string;
  readonly key?: string;
  readonly data: Data;
}

/** An item without number and history. */
export interface Signal<Data = unknown> {
  readonly from: string;
  readonly key?: string;
  readonly data: Data;
}

export interface Member {
  readonly user: string;
  /** What the token of the user says for others to see. */
  readonly info?: unknown;
}

/** What a channel promises. Times in milliseconds. */
export interface Guarantee {
  readonly durability: "none" | "memory" | "durable";
  readonly count: number;
  readonly bytes: number;
  readonly ageMs: number;
  readonly compact: boolean;
  readonly slowReader: "catchup" | "latest" | "drop" | "close";
}

export interface Subscribed extends Position {
  /** False: something was missed that will not come. Reload what you derived from the channel. */
  readonly recovered: boolean;
  /** How many publications follow that were missed. */
  readonly missed: number;
  readonly snapshot: boolean;
  readonly guarantee: Guarantee;
}

export interface Published extends Position {
  /** True: an earlier attempt had arrived. The position is that of the first. */
  readonly duplicate: boolean;
  /** What the application on the server answered. */
  readonly data?: unknown;
}

export interface HistoryPage<Data = unknown> extends Position {
  readonly publications: readonly Publication<Data>[];
  readonly more: boolean;
}

export interface Members {
  /** At most 1000; empty when the channel only counts. */
  readonly members: readonly Member[];
  readonly count: number;
  readonly truncated: boolean;
}

export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** A refusal as it stands in `error` and `unsubscribed`. `retryAfter` in milliseconds. */
export interface Refusal {
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfter?: number | undefined;
}

export interface Welcome {
  readonly v: number;
  readonly user: string;
  readonly session: string;
  readonly resumed: boolean;
  readonly node: string;
  /** Milliseconds. */
  readonly heartbeat: number;
  /** Unix milliseconds on the server; null for never. */
  readonly expires: number | null;
  readonly limits: { readonly messageBytes: number; readonly subscriptions: number };
}

export interface SubscribePayload {
  readonly from?: Position | undefined;
  readonly last?: number | undefined;
  readonly presence?: boolean | undefined;
  readonly conflate?: number | undefined;
}

/** What a client sends, as in sections 7 and 14 of PROTOCOL.md; binary data is a `Uint8Array`. */
export type Command = { readonly id?: string } & (
  | { readonly type: "auth"; readonly payload: { readonly token?: string; readonly v: number; readonly features?: readonly string[]; readonly session?: string } }
  | { readonly type: "refresh"; readonly payload: { readonly token: string } }
  | { readonly type: "subscribe"; readonly channel: string; readonly payload?: SubscribePayload }
  | { readonly type: "unsubscribe"; readonly channel: string }
  | { readonly type: "publish"; readonly channel: string; readonly payload: { readonly data: unknown; readonly mid?: string | undefined; readonly key?: string | undefined } }
  | { readonly type: "signal"; readonly channel: string; readonly payload: { readonly data: unknown; readonly key?: string | undefined } }
  | { readonly type: "history"; readonly channel: string; readonly payload: { readonly from?: Position | undefined; readonly limit: number; readonly reverse?: boolean | undefined } }
  | { readonly type: "presence"; readonly channel: string }
  | { readonly type: "call"; readonly payload: { readonly method: string; readonly data: unknown } }
  | { readonly type: "ping" }
);

/** The payload of an `ack`; which one it is depends on the command. */
export type AckPayload = Subscribed | Published | HistoryPage | Members | { readonly expires: number | null } | { readonly data: unknown };

/** What a server sends, with binary data as `Uint8Array`. */
export type Frame =
  | { readonly type: "auth_ack"; readonly id?: string; readonly ts: number; readonly payload: Welcome }
  | { readonly type: "ack"; readonly id?: string; readonly channel?: string; readonly payload?: AckPayload }
  | ({ readonly type: "publication"; readonly channel: string } & Publication)
  | ({ readonly type: "signal"; readonly channel: string } & Signal)
  | ({ readonly type: "join" | "leave"; readonly channel: string } & Member)
  | { readonly type: "gap"; readonly channel: string; readonly payload: Gap }
  | { readonly type: "reset"; readonly channel: string; readonly payload: Position }
  | { readonly type: "unsubscribed"; readonly channel: string; readonly payload: Refusal & { readonly reason: string } }
  | { readonly type: "expiring"; readonly payload: { readonly expires: number } }
  | { readonly type: "reconnect"; readonly payload: { readonly after: number; readonly reason: string } }
  | { readonly type: "error"; readonly id?: string; readonly channel?: string; readonly payload: Refusal & { readonly message: string } }
  | { readonly type: "pong"; readonly id?: string; readonly ts: number };

/** The frames that answer a command. */
export type Answer = Extract<Frame, { type: "auth_ack" | "ack" | "error" | "pong" }>;

/** The frames of one channel that answer nothing. */
export type ChannelFrame = Extract<Frame, { type: "publication" | "signal" | "join" | "leave" | "gap" | "reset" | "unsubscribed" }>;
