import { readdirSync, readFileSync } from "node:fs";
import { fromBase64 } from "../src/base64.js";
import type { Command, Frame } from "../src/messages.js";

export type Kind = "Commands" | "Frames";
type Fields = Record<string, unknown>;

const folder = new URL("../../../test/OrleansRealtime.Protocol.Tests/Golden/", import.meta.url);

/** The names of the golden messages of a kind. */
export function names(kind: Kind): string[] {
  return readdirSync(new URL(kind, folder)).filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length)).sort();
}

export function jsonText(kind: Kind, name: string): string {
  return readFileSync(new URL(`${kind}/${name}.json`, folder), "utf8").trimEnd();
}

export function protobufBytes(kind: Kind, name: string): Uint8Array<ArrayBuffer> {
  const text = readFileSync(new URL(`${kind}/${name}.pb.hex`, folder), "utf8");
  const hex = text.split("\n").filter((line) => !line.startsWith("#")).join("");
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

/** The golden command as an application of this client would give it. */
export function command(name: string): Command {
  const { payload, ...rest } = JSON.parse(jsonText("Commands", name)) as Fields;
  return (payload === undefined ? rest : { ...rest, payload: withData(payload as Fields, "data", "data") }) as unknown as Command;
}

/** The golden frame as this client should see it, written down without the codec under test. */
export function frame(name: string): Frame {
  const golden = JSON.parse(jsonText("Frames", name)) as Fields;
  if (golden["type"] === "publication" || golden["type"] === "signal") return withData(golden, "payload", "data") as unknown as Frame;
  const payload = golden["payload"] as Fields | undefined;
  if (golden["type"] !== "ack" || payload === undefined) return golden as unknown as Frame;
  const publications = payload["publications"] as Fields[] | undefined;
  return {
    ...golden,
    payload: publications === undefined
      ? withData(payload, "data", "data")
      : { ...payload, publications: publications.map((entry) => withData(entry, "payload", "data")) },
  } as unknown as Frame;
}

function withData({ encoding, ...fields }: Fields, from: string, to: string): Fields {
  if (!(from in fields)) return fields;
  const { [from]: data, ...rest } = fields;
  return { ...rest, [to]: encoding === "base64" ? fromBase64(data as string) : data };
}
