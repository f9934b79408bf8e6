import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { age, bytes, closeTone, closeWord, count, duration, percent, rate } = await load("format.js");

test("counts have three digits at most", () => {
  const cases = [[0, "0"], [7, "7"], [999, "999"], [1000, "1k"], [1234, "1.23k"], [56_789, "56.8k"], [999_600, "1M"], [0.456, "0.46"], [-1500, "−1.5k"], [null, "–"]];
  for (const [value, expected] of cases) assert.equal(count(value), expected);
  assert.equal(rate(1200), "1.2k/s");
});

test("bytes are powers of 1024", () => assert.deepEqual([0, 1023, 1024, 1536, 200 * 1024 ** 2, null].map(bytes), ["0 B", "1023 B", "1 KiB", "1.5 KiB", "200 MiB", "–"]));

test("durations go from microseconds to seconds", () =>
  assert.deepEqual([0.25, 1, 2.34, 25.6, 999, 1500, null].map(duration), ["250 µs", "1 ms", "2.3 ms", "26 ms", "999 ms", "1.5 s", "–"]));

test("an age is its two largest parts", () =>
  assert.deepEqual([0, 5_000, 65_000, 3_600_000, 90_000_000, -1].map(age), ["0 s", "5 s", "1 min 5 s", "1 h", "1 d 1 h", "0 s"]));

test("close codes have a word and a tone", () => {
  assert.deepEqual([closeWord(4031), closeWord(1234)], ["banned", ""]);
  assert.deepEqual(["1000", "4030", "4508", "1011"].map(closeTone), ["calm", "warn", "bad", "bad"]);
  assert.equal(percent(0.256), "26 %");
});
