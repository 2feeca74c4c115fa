// Gaps: what is silent for too long is shown as silence.

import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenLine, findGaps, lonePoints } from "../../../static/monitor/js/charts/gaps.js";

const at = (...times) => times.map((x) => ({ x: x * 1000, y: 1 }));
const window = { start: 0, end: 100_000, limit: 5000 };

test("without a point all is a gap", () => {
  assert.deepEqual(findGaps([], window), [{ start: 0, end: 100_000, kind: "empty" }]);
});

test("a short silence is no gap, a longer one is", () => {
  const points = at(0, 5, 10.001, 15);
  assert.deepEqual(findGaps(points, { ...window, end: 15_000 }), [{ start: 5000, end: 10_001, kind: "gap" }]);
});

test("before the first and after the last sample there is no data", () => {
  const kinds = findGaps(at(50, 51), window).map(({ start, end, kind }) => [start, end, kind]);
  assert.deepEqual(kinds, [[0, 50_000, "before"], [51_000, 100_000, "after"]]);
});

test("a gap that reaches out of the window is clipped to it", () => {
  const [gap] = findGaps(at(-20, 30, 31), { start: 0, end: 31_000, limit: 5000 });
  assert.deepEqual(gap, { start: 0, end: 30_000, kind: "gap" });
});

test("a point without neighbours is lonely, others are not", () => {
  assert.deepEqual(lonePoints(at(1, 20, 40, 41), 5000).map(({ x }) => x), [1000, 20_000]);
  assert.deepEqual(lonePoints(at(7), 5000), at(7));
});

const covered = (...pairs) => pairs.map(([x, seconds]) => ({ x: x * 1000, y: 1, covered: seconds * 1000 }));

test("a long step that its sample speaks for is no gap: the interval was longer then", () => {
  const points = covered([0, 0], [60, 60], [61, 1]);
  assert.deepEqual(findGaps(points, { start: 0, end: 61_000, limit: 5000 }), []);
  assert.deepEqual(lonePoints(points, 5000), []);
});

test("a gap ends where the sample after it begins to speak", () => {
  const found = findGaps(covered([0, 0], [60, 2]), { start: 0, end: 60_000, limit: 5000 });
  assert.deepEqual(found, [{ start: 0, end: 58_000, kind: "gap" }]);
});

test("a line breaks by distance, and by breaks in the data where a long step is covered", () => {
  const plain = covered([0, 1], [1, 1], [60, 0]);
  assert.deepEqual(brokenLine(plain, 5000), { data: plain, spanGaps: 5000 });
  const { data, spanGaps } = brokenLine(covered([0, 0], [60, 60], [90, 0]), 5000);
  assert.deepEqual([spanGaps, data.map(({ x, y }) => [x, y])], [false, [[0, 1], [60_000, 1], [90_000, NaN], [90_000, 1]]]);
});
