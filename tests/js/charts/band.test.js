// The band around a mean: from the lowest to the highest, or how it mostly was with the extremes as marks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bandOf, bandWords } from "../../../static/monitor/js/charts/band.js";

const at = (...xs) => ({ xs, starts: xs.map((x) => x - 5), limit: 15 });

test("without percentiles the band holds lowest and highest, broken at a hole, and has no marks", () => {
  const column = { mean: [1, 2, null, 4], low: [0, 1, null, 3], high: [5, 6, null, 7] };
  const { runs, marks } = bandOf(column, at(5, 15, 25, 35));
  assert.deepEqual(runs, [[{ x: 5, low: 0, high: 5 }, { x: 15, low: 1, high: 6 }], [{ x: 35, low: 3, high: 7 }]]);
  assert.deepEqual(marks, []);
});

test("where the extremes are the mean itself there is neither", () => {
  assert.deepEqual(bandOf({ mean: [1, 1], low: [1, 1], high: [1, 1] }, at(5, 15)), { runs: [], marks: [] });
  assert.deepEqual(bandOf({ mean: [], low: [], high: [] }, at()), { runs: [], marks: [] });
});

test("a point that is a window has its percentiles, and its extremes as marks", () => {
  const column = { mean: [5, 6], low: [0, 1], high: [100, 90], p5: [4, 5], p95: [7, 8] };
  const { runs, marks } = bandOf(column, { ...at(5, 15), windowMs: 10 });
  assert.deepEqual(runs.flat().map(({ low, high }) => [low, high]), [[4, 7], [4, 7], [5, 8], [5, 8]]);
  assert.deepEqual(marks, [{ x: 5, low: 0, high: 100 }, { x: 15, low: 1, high: 90 }]);
});

test("a window of several points stands in their middle, and reaches to the ends of what is known", () => {
  const column = { mean: [1, 1, 2, 2], low: [0, 0, 0, 0], high: [9, 9, 9, 9], p5: [1, 1, 2, 2], p95: [3, 3, 4, 4] };
  const { runs } = bandOf(column, { ...at(5, 15, 25, 35), windowMs: 20 });
  assert.deepEqual(runs, [[{ x: 5, low: 1, high: 3 }, { x: 10, low: 1, high: 3 }, { x: 30, low: 2, high: 4 }, { x: 35, low: 2, high: 4 }]]);
});

test("a window that tells too little falls back to the extremes of its points", () => {
  const column = { mean: [1, 2, 3], low: [0, 1, 2], high: [9, 9, 9], p5: [1, 2, null], p95: [3, 3, null] };
  const { runs } = bandOf(column, { ...at(5, 15, 25), windowMs: 10 });
  assert.deepEqual(runs[0].at(-1), { x: 25, low: 2, high: 9 });
});

test("a band says what it is", () => {
  assert.equal(bandWords(0), "lowest to highest");
  assert.equal(bandWords(0, true), "mean to highest");
  assert.equal(bandWords(86_400_000), "5–95 % of the time, thin: extremes");
});
