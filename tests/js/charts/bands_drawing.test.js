// Runs of points that are drawn in one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runs } from "../../../static/monitor/js/charts/bands_drawing.js";

test("a run ends where points lie too far apart", () => {
  assert.deepEqual(runs([{ x: 1 }, { x: 2 }, { x: 9 }], 1.5).map((run) => run.length), [2, 1]);
  assert.deepEqual(runs([], 1), []);
});
