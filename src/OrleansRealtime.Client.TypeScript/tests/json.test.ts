import { describe, expect, test } from "vitest";
import { json } from "../src/index.js";
import * as golden from "./golden.js";

describe("The JSON encoding", () => {
  test.each(golden.names("Commands"))("writes the golden command %s", (name) => {
    expect(JSON.parse(json.encode(golden.command(name)) as string)).toEqual(JSON.parse(golden.jsonText("Commands", name)));
  });

  test.each(golden.names("Frames"))("reads the golden frame %s", (name) => {
    expect(json.decode(golden.jsonText("Frames", name))).toEqual(golden.frame(name));
  });

  test("reads binary data as bytes", () => {
    expect(json.decode(golden.jsonText("Frames", "publication-binary"))).toMatchObject({ data: Uint8Array.of(0, 1, 2, 250, 255) });
  });

  test("passes over frames of a type that it does not know", () => {
    expect(json.decode('{"type":"weather","payload":{}}')).toBeNull();
  });

  test("passes over fields that it does not know", () => {
    expect(json.decode('{"type":"pong","ts":1,"mood":"good"}')).toMatchObject({ type: "pong", ts: 1 });
  });

  test("refuses what is not JSON", () => expect(() => json.decode("{")).toThrow(SyntaxError));

  test("says null for data that is undefined, which JSON does not know", () => {
    expect(json.encode({ type: "publish", channel: "c", payload: { data: undefined } })).toBe('{"type":"publish","channel":"c","payload":{"data":null}}');
  });

  test("carries more bytes than a call takes arguments", () => {
    const data = Uint8Array.from({ length: 300_000 }, (_, index) => index % 256);
    const { payload } = JSON.parse(json.encode({ type: "call", payload: { method: "m", data } }) as string) as { payload: { data: string } };
    const frame = json.decode(JSON.stringify({ type: "ack", payload: { encoding: "base64", data: payload.data } }));
    expect(Buffer.compare((frame as { payload: { data: Uint8Array } }).payload.data, data)).toBe(0);
  });
});
