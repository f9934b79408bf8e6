import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { addressOf } from "../src/address.js";
import { backoffMs } from "../src/backoff.js";
import { ruleOf } from "../src/codes.js";
import { advance, begin, judge } from "../src/continuity.js";
import { TransportChoice } from "../src/transports/choice.js";
import type { Transport } from "../src/transports/transport.js";

describe("Backoff", () => {
  test.each([[0, 500], [1, 1000], [5, 16_000], [6, 30_000], [60, 30_000], [2000, 30_000]])("of attempt %i lies below %i ms", (attempt, bound) => {
    expect(backoffMs(attempt, () => 0)).toBe(0);
    expect(backoffMs(attempt, () => 0.999)).toBeCloseTo(bound * 0.999);
  });
});

describe("The table of close codes", () => {
  const protocol = readFileSync(new URL("../../OrleansRealtime.Protocol/PROTOCOL.md", import.meta.url), "utf8");
  const rows = [...protocol.matchAll(/^\| (\d{4}) \| [^|]* \| ([^|]*) \|$/gm)].map(([, code, advice]) => [Number(code), advice!] as const);

  test("has the codes of the protocol", () => expect(rows.length).toBeGreaterThanOrEqual(17));

  // 1001 to 4513 as the protocol words them: who may come back is told so there.
  test.each(rows)("follows what the protocol says about %i: %s", (code, advice) => {
    expect(ruleOf(code).comeBack).toBe(/come back/.test(advice) && code !== 4030 || /^come back|then come back/.test(advice));
    expect(ruleOf(code).token).toBe(/token/.test(advice) ? "new" : "same");
    expect(ruleOf(code).session).toBe(ruleOf(code).comeBack ? "resume" : "anew");
  });

  test.each([[4042, false], [4499, false], [4500, true], [4999, true], [1012, true], [3000, true]])("counts %i by its range", (code, comesBack) => {
    expect(ruleOf(code).comeBack).toBe(comesBack);
  });
});

describe("Continuity", () => {
  const guarantee = { durability: "memory", count: 1, bytes: 1, ageMs: 1, compact: false, slowReader: "catchup" } as const;
  const answer = { epoch: "e", seq: 9, recovered: true, missed: 2, snapshot: false, guarantee };

  test.each([[7, "duplicate"], [8, "next"], [9, "hole"]] as const)("after a resume judges %i a %s", (seq, verdict) => {
    expect(judge(begin(answer), seq, false)).toBe(verdict);
  });

  test.each([[3, "next"], [9, "next"], [10, "next"], [11, "hole"]] as const)("in a snapshot judges %i a %s", (seq, verdict) => {
    expect(judge(begin({ ...answer, snapshot: true }), seq, false)).toBe(verdict);
  });

  test("of an empty snapshot begins at its position", () => {
    expect(begin({ ...answer, snapshot: true, missed: 0 }).position).toEqual({ epoch: "e", seq: 9 });
  });

  test("allows holes to conflated subscribers, but no doubles", () => {
    expect(judge(begin(answer), 100, true)).toBe("next");
    expect(judge(begin(answer), 7, true)).toBe("duplicate");
  });

  test("never goes back", () => expect(advance(begin(answer), 3).position.seq).toBe(7));
});

describe("Addresses", () => {
  test.each([
    ["https://host", "wss://host/v1/ws", "https://host/v1"],
    ["http://host:8080/", "ws://host:8080/v1/ws", "http://host:8080/v1"],
    ["wss://host/v1/ws", "wss://host/v1/ws", "https://host/v1"],
    ["ws://host/behind/a/proxy", "ws://host/behind/a/proxy/v1/ws", "http://host/behind/a/proxy/v1"],
  ])("of %s", (url, webSocket, http) => expect(addressOf(url)).toEqual({ webSocket, http }));

  test("that are none are refused at once", () => expect(() => addressOf("nowhere")).toThrow(TypeError));
});

describe("The choice of transport", () => {
  const [first, second] = [() => {}, () => {}] as unknown as [Transport, Transport];

  test("changes after two failures in a row, and back after one", () => {
    const choice = new TransportChoice([first, second]);
    choice.failed();
    expect(choice.current).toBe(first);
    choice.failed();
    expect(choice.current).toBe(second);
    choice.failed();
    expect(choice.current).toBe(first);
  });

  test("forgets a failure when the server answered", () => {
    const choice = new TransportChoice([first, second]);
    choice.failed();
    choice.answered();
    choice.failed();
    expect(choice.current).toBe(first);
  });

  test("stays for six failures with one that got through before, but not in another network", () => {
    const choice = new TransportChoice([first, second]);
    choice.answered();
    for (let failure = 0; failure < 5; failure++) choice.failed();
    expect(choice.current).toBe(first);
    choice.failed();
    expect(choice.current).toBe(second);
    choice.startAnew();
    choice.answered();
    choice.startAnew();
    choice.failed();
    choice.failed();
    expect(choice.current).toBe(second);
  });

  test("starts anew in another network", () => {
    const choice = new TransportChoice([first, second]);
    choice.failed();
    choice.failed();
    choice.startAnew();
    expect(choice.current).toBe(first);
  });

  test("of one transport stays with it", () => {
    const choice = new TransportChoice([first]);
    for (let failure = 0; failure < 5; failure++) choice.failed();
    expect(choice.current).toBe(first);
  });
});
