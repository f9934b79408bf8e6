import type { Command, Frame } from "./messages.js";

/** An encoding of the protocol. Pure. */
export interface Codec {
  /** The WebSocket subprotocol that names it. */
  readonly subprotocol: string;
  encode(command: Command): string | Uint8Array<ArrayBuffer>;
  /** Null for a frame of a type that this client does not know. Throws when the message is malformed. */
  decode(message: string | ArrayBuffer): Frame | null;
}
