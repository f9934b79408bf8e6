import type { AckPayload, Frame, Guarantee, Member, Position, Publication, Refusal } from "../messages.js";
import { Fields } from "./reader.js";

const utf8 = new TextDecoder("utf-8", { fatal: true });
const durabilities: readonly Guarantee["durability"][] = ["none", "memory", "durable"];
const slowReaders: readonly Guarantee["slowReader"][] = ["catchup", "latest", "drop", "close"];

/** The members of the `oneof` of `Frame`, by field number. */
const readers: Readonly<Record<number, (body: Fields, frame: Fields) => Omit<Frame, "id" | "channel">>> = {
  4: readAuthAck,
  5: (body) => ({ type: "ack", ...optional("payload", readAck(body)) }),
  6: (body) => ({ type: "publication", ...readPublication(body) }),
  7: (body) => ({ type: "signal", from: body.text(1), ...text("key", body, 2), data: readData(body, 3) }),
  8: (body) => ({ type: "join", ...readMember(body) }),
  9: (body) => ({ type: "leave", ...readMember(body) }),
  10: (body) => ({ type: "gap", payload: { from: body.number(1), to: body.number(2), reason: body.text(3) } }),
  11: (body) => ({ type: "reset", payload: readPosition(body) }),
  12: (body) => ({ type: "unsubscribed", payload: { ...readRefusal(body), reason: body.text(2) } }),
  13: (body) => ({ type: "expiring", payload: { expires: body.optionalNumber(1) ?? null } }),
  14: (body) => ({ type: "reconnect", payload: { after: body.number(1), reason: body.text(2) } }),
  15: (body) => ({ type: "error", payload: { ...readRefusal(body), message: body.text(2) } }),
  16: (_, frame) => ({ type: "pong", ts: frame.number(3) }),
};

/** One `Frame` of realtime.v1.proto; null when it is of a type that this client does not know. */
export function readFrame(message: Uint8Array): Frame | null {
  const frame = new Fields(message);
  for (const [field, read] of Object.entries(readers)) {
    if (frame.bytes(Number(field)) === undefined) continue;
    return { ...text("id", frame, 1), ...text("channel", frame, 2), ...read(frame.message(Number(field)), frame) } as Frame;
  }
  return null;
}

function readAuthAck(body: Fields, frame: Fields): Omit<Extract<Frame, { type: "auth_ack" }>, "id"> {
  const limits = body.message(8);
  return {
    type: "auth_ack",
    ts: frame.number(3),
    payload: {
      v: body.number(1),
      user: body.text(2),
      session: body.text(3),
      resumed: body.flag(4),
      node: body.text(5),
      heartbeat: body.number(6),
      expires: body.optionalNumber(7) ?? null,
      limits: { messageBytes: limits.number(1), subscriptions: limits.number(2) },
    },
  };
}

function readAck(body: Fields): AckPayload | undefined {
  if (body.bytes(1) !== undefined) return { expires: body.message(1).optionalNumber(1) ?? null };
  if (body.bytes(2) !== undefined) return readSubscribed(body.message(2));
  if (body.bytes(3) !== undefined) {
    const published = body.message(3);
    const data = published.bytes(3) === undefined ? {} : { data: readData(published, 3) };
    return { ...readPosition(published.message(1)), duplicate: published.flag(2), ...data };
  }
  if (body.bytes(4) !== undefined) {
    const page = body.message(4);
    return { publications: page.all(1).map(readPublication), ...readPosition(page.message(2)), more: page.flag(3) };
  }
  if (body.bytes(5) !== undefined) {
    const members = body.message(5);
    return { members: members.all(1).map(readMember), count: members.number(2), truncated: members.flag(3) };
  }
  return body.bytes(6) === undefined ? undefined : { data: readData(body, 6) };
}

function readSubscribed(body: Fields): AckPayload {
  const guarantee = body.message(5);
  return {
    ...readPosition(body.message(1)),
    recovered: body.flag(2),
    missed: body.number(3),
    snapshot: body.flag(4),
    guarantee: {
      durability: durabilities[guarantee.number(1)] ?? "none",
      count: guarantee.number(2),
      bytes: guarantee.number(3),
      ageMs: guarantee.number(4),
      compact: guarantee.flag(5),
      slowReader: slowReaders[guarantee.number(6)] ?? "catchup",
    },
  };
}

function readPosition(body: Fields): Position {
  return { epoch: body.text(1), seq: body.number(2) };
}

function readPublication(body: Fields): Publication {
  return {
    seq: body.number(1),
    ts: body.number(2),
    from: body.text(3),
    ...text("mid", body, 4),
    ...text("key", body, 5),
    data: readData(body, 6),
  };
}

function readMember(body: Fields): Member {
  return { user: body.text(1), ...(body.bytes(2) === undefined ? {} : { info: readData(body, 2) }) };
}

function readRefusal(body: Fields): Refusal {
  return { code: body.text(1), retryable: body.flag(3), ...optional("retryAfter", body.optionalNumber(4)) };
}

function readData(body: Fields, field: number): unknown {
  const data = body.message(field), json = data.bytes(1);
  // Copied, so that a few bytes that are kept do not keep the whole message.
  return json === undefined ? (data.bytes(2) ?? new Uint8Array()).slice() : JSON.parse(utf8.decode(json)) as unknown;
}

function text<Name extends string>(name: Name, body: Fields, field: number): { [Key in Name]?: string } {
  return optional(name, body.text(field) || undefined);
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}
