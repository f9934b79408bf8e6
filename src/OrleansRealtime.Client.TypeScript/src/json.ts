import { fromBase64, toBase64 } from "./base64.js";
import type { Codec } from "./codec.js";
import type { AckPayload, Command, Frame } from "./messages.js";

type Fields = Record<string, unknown>;

const frameTypes = new Set<string>([
  "auth_ack", "ack", "publication", "signal", "join", "leave", "gap", "reset", "unsubscribed", "expiring", "reconnect", "error", "pong",
] satisfies Frame["type"][]);

/** The JSON encoding, section 14 of PROTOCOL.md. */
export const json: Codec = {
  subprotocol: "realtime.v1.json",

  encode(command: Command): string {
    const payload = "payload" in command ? command.payload : undefined;
    if (payload !== undefined && "data" in payload) {
      return JSON.stringify({ ...command, payload: { ...payload, ...encodeData(payload.data) } });
    }
    return JSON.stringify(command);
  },

  decode(message: string | ArrayBuffer): Frame | null {
    const frame = JSON.parse(message as string) as Fields;
    if (!frameTypes.has(frame["type"] as string)) return null;
    if (frame["type"] === "publication" || frame["type"] === "signal") return decodePayload(frame) as unknown as Frame;
    if (frame["type"] === "ack" && frame["payload"] != null) frame["payload"] = decodeAck(frame["payload"] as Fields);
    // The correlation ids of this client are text; others are none of its own.
    return frame as unknown as Frame;
  },
};

/** The fields `data` and `encoding` of a command. */
export function encodeData(data: unknown): Fields {
  // JSON has no undefined; null is what an application means by it.
  return data instanceof Uint8Array ? { encoding: "base64", data: toBase64(data) } : { data: data ?? null };
}

/** The payload of an `ack`, or the body of an HTTP answer, with the data in it decoded. */
export function decodeAck(payload: Fields): AckPayload {
  const { encoding, ...rest } = payload;
  if (Array.isArray(rest["publications"])) rest["publications"] = rest["publications"].map(decodePayload);
  else if (encoding === "base64") rest["data"] = fromBase64(rest["data"] as string);
  return rest as unknown as AckPayload;
}

function decodePayload({ payload, encoding, ...rest }: Fields): Fields {
  return { ...rest, data: encoding === "base64" ? fromBase64(payload as string) : payload };
}
