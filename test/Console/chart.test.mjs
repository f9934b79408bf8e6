import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { areaPath, frame, linePath, minuteTicks, niceCeiling, runs, scale, summary, tableRows } = await load("chart.js");

test("the end of an axis is 1, 2 or 5 times a power of ten, and not below the highest value", () => {
  const cases = [[0, 1], [NaN, 1], [0.3, 0.5], [1, 1], [1.1, 2], [2, 2], [4.2, 5], [5.1, 10], [99, 100], [101, 200], [0.1 + 0.2, 0.5]];
  for (const [value, expected] of cases) assert.ok(Math.abs(niceCeiling(value) - expected) < 1e-9, `${value}`);
});

test("the scale puts the window into the frame, with zero at the bottom", () => {
  const box = frame(200, 100, { top: 10, right: 20, bottom: 30, left: 40 });
  const { x, y } = scale(box, 0, 1000, 50);
  assert.deepEqual([x(0), x(500), x(1000)], [40, 110, 180]);
  assert.deepEqual([y(0), y(25), y(50), y(9000)], [70, 40, 10, 10]);
});

test("a frame without room still has a width", () => assert.ok(frame(0, 100).right > frame(0, 100).left));

test("a missing value or a silent time is a hole in the line", () => {
  const point = (at, value) => ({ at, value });
  const all = runs([point(0, 1), point(1000, 2), point(2000, null), point(9000, 3)], one => one.value);
  assert.deepEqual(all.map(run => run.map(one => one.value)), [[1, 2], [3]]);
});

test("a line goes through its points, and a lone point is a dash", () => {
  const to = scale(frame(108, 108, { top: 4, right: 4, bottom: 4, left: 4 }), 0, 100, 100);
  assert.equal(linePath([[{ at: 0, value: 0 }, { at: 100, value: 100 }]], to), "M4 104L104 4");
  assert.equal(linePath([[{ at: 50, value: 50 }]], to), "M53 54h2");
  assert.equal(areaPath([[{ at: 0, value: 0 }, { at: 100, value: 100 }], [{ at: 5, value: 5 }]], to, 104), "M4 104L4 104L104 4L104 104Z");
});

test("minutes are counted back from now", () =>
  assert.deepEqual(minuteTicks(0, 125_000).map(tick => [tick.at, tick.label]), [[5000, "−2 min"], [65_000, "−1 min"], [125_000, "now"]]));

test("the summary says what the lines show", () => {
  const lines = [{ name: "In", pick: one => one.in }, { name: "p99", pick: one => one.p99 }];
  assert.equal(
    summary([{ in: 1, p99: null }, { in: 3, p99: null }], lines, value => `${value}/s`),
    "In: now 3/s, mean 2/s, highest 3/s. p99: nothing yet");
});

test("the table has a row for each ten seconds, the newest first", () => {
  const rows = tableRows([{ at: 1000, in: 2 }, { at: 2000, in: 4 }, { at: 12_000, in: 9 }], [{ name: "In", pick: one => one.in }]);
  assert.deepEqual(rows, [{ at: 10_000, values: [9] }, { at: 0, values: [3] }]);
});
