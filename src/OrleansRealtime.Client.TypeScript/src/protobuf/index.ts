import type { Codec } from "../codec.js";
import { writeCommand } from "./commands.js";
import { readFrame } from "./frames.js";

/** The Protobuf encoding, section 15 of PROTOCOL.md: give it as `codec` to the client. */
export const protobuf: Codec = {
  subprotocol: "realtime.v1.protobuf",
  encode: writeCommand,
  decode: (message) => readFrame(new Uint8Array(message as ArrayBuffer)),
};
