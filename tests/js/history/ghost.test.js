// The earlier line and its legend.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Ghost } from "../../../static/monitor/js/history/ghost.js";
import { Span } from "../../../static/monitor/js/history/span.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function answer(more = {}) {
  return {
    host: "db-01", start_at: HOUR / 2, end_at: 4 * HOUR, resolution_seconds: 3600, tier_seconds: 900, oldest_at: 0,
    times: [0, HOUR, 2 * HOUR, 3 * HOUR],
    series: { load1: { mean: [1, null, 3, 2], low: [0.5, null, 2, 2], high: [2, null, 9, 2] }, load5: { mean: [1, null, 1, 1], low: [1, null, 1, 1], high: [1, null, 1, 1] } },
    gaps: [], alerts: [], load_tests: [], ...more,
  };
}

test("the legend tells the mean of the earlier span, its value now in live, and that at the cursor", () => {
  const series = { cpu_percent: { mean: [10, 20], low: [null, null], high: [null, null] } };
  const span = new Span({ start_at: 0, end_at: 2 * MINUTE, resolution_seconds: 60, times: [0, MINUTE], series });
  const ghost = new Ghost(span, HOUR, "day");
  assert.equal(ghost.reading("cpu", null, { rest: "mean", source: span }), 15);
  assert.equal(ghost.reading("cpu", null, { rest: "now", source: { latest: { at: HOUR + 1.5 * MINUTE } } }), 20);
  assert.equal(ghost.reading("cpu", { at: HOUR }, { rest: "mean", source: span }), 10);
  assert.equal(new Ghost(new Span({ start_at: 0, end_at: 1, resolution_seconds: 60, times: [], series: {} }), 0, "day").mean("cpu"), null);
});

test("the earlier line lies where the present one is, with its value beside the cursor", () => {
  const ghost = new Ghost(new Span(answer()), 10 * HOUR, "day");
  assert.deepEqual(ghost.points("load")[1], { x: 12.5 * HOUR, y: 3 });
  assert.deepEqual([ghost.valueAt("load", 12.6 * HOUR), ghost.valueAt("load", 20 * HOUR), ghost.valueAt("cpu", 12 * HOUR)], [3, null, null]);
});
