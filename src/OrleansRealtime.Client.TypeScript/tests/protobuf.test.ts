import { describe, expect, test } from "vitest";
import { protobuf } from "../src/protobuf/index.js";
import { Writer } from "../src/protobuf/writer.js";
import * as golden from "./golden.js";
import { Pair } from "./kit.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** JSON numbers lose the digits that a golden file keeps, so its bytes differ there. */
const keepsItsDigits = (name: string): boolean => !/1\.0850/.test(golden.jsonText("Commands", name));

describe("The Protobuf encoding", () => {
  test.each(golden.names("Commands").filter(keepsItsDigits))("writes the golden command %s byte for byte", (name) => {
    expect(hex(protobuf.encode(golden.command(name)) as Uint8Array)).toBe(hex(golden.protobufBytes("Commands", name)));
  });

  test.each(golden.names("Frames"))("reads the golden frame %s as JSON says it", (name) => {
    expect(protobuf.decode(golden.protobufBytes("Frames", name).buffer)).toEqual(golden.frame(name));
  });

  test("keeps numbers up to 2^53 - 1", () => {
    const { buffer } = new Writer().message(11, (reset) => reset.text(1, "e").number(2, Number.MAX_SAFE_INTEGER)).finish();
    expect(protobuf.decode(buffer)).toEqual({ type: "reset", payload: { epoch: "e", seq: Number.MAX_SAFE_INTEGER } });
  });

  test("passes over frames and fields that it does not know", () => {
    expect(protobuf.decode(new Writer().message(99, () => {}).finish().buffer)).toBeNull();
    expect(protobuf.decode(new Writer().message(16, () => {}).number(98, 1).text(99, "x").finish().buffer)).toEqual({ type: "pong", ts: 0 });
  });

  test.each(["80", "0a05", "00", "ffffffffffffffffffffff01", "0a02c328820100"])("refuses %s, which is malformed", (bytes) => {
    expect(() => protobuf.decode(Uint8Array.from(Buffer.from(bytes, "hex")).buffer)).toThrow(TypeError);
  });

  test("is asked for in the handshake, and is binary", async () => {
    const pair = new Pair({ codec: protobuf });
    pair.client.connect();
    const { socket } = await pair.server.next("opens");
    expect([socket.protocols, socket.binaryType]).toEqual([["realtime.v1.protobuf"], "arraybuffer"]);
    socket.accept();
    expect(hex((await pair.server.next("sends")).text as Uint8Array)).toBe(hex(protobuf.encode({ type: "auth", id: "1", payload: { v: 1 } }) as Uint8Array));
  });
});
