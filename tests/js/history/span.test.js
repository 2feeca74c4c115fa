// An answer of the history API as the charts read it: means at the middle of their buckets, holes left out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runs } from "../../../static/monitor/js/charts/bands_drawing.js";
import { stacked } from "../../../static/monitor/js/charts/stacking.js";
import { Ghost } from "../../../static/monitor/js/history/ghost.js";
import { Span } from "../../../static/monitor/js/history/span.js";

const HOUR = 3_600_000;

function answer(more = {}) {
  return {
    host: "db-01", start_at: HOUR / 2, end_at: 4 * HOUR, resolution_seconds: 3600, tier_seconds: 900, oldest_at: 0,
    times: [0, HOUR, 2 * HOUR, 3 * HOUR],
    series: { load1: { mean: [1, null, 3, 2], low: [0.5, null, 2, 2], high: [2, null, 9, 2] }, load5: { mean: [1, null, 1, 1], low: [1, null, 1, 1], high: [1, null, 1, 1] } },
    gaps: [], alerts: [], load_tests: [], ...more,
  };
}

test("a mean stands in the middle of the part of its bucket that is in the span", () => {
  assert.deepEqual(new Span(answer()).points("load1"), [{ x: 0.75 * HOUR, y: 1 }, { x: 2.5 * HOUR, y: 3 }, { x: 3.5 * HOUR, y: 2 }]);
});

test("a bucket without data gives no point and no row, and is wider than the line may bridge", () => {
  const span = new Span(answer());
  assert.equal(span.samples.length, 3);
  const [first, second] = span.points("load1");
  assert.ok(second.x - first.x > span.limit);
});

test("the band holds the lowest and the highest; where they are the mean there is none", () => {
  const span = new Span(answer());
  assert.deepEqual(span.ranges("load1")[1], { x: 2.5 * HOUR, low: 2, high: 9 });
  assert.deepEqual(span.ranges("load5"), []);
});

test("a metric that was not asked for has no points", () => {
  assert.deepEqual([new Span(answer()).points("swap_used_bytes"), new Span(answer()).ranges("swap_used_bytes")], [[], []]);
});

test("the row nearest to a time is found, and none in an empty span", () => {
  const span = new Span(answer());
  assert.equal(span.nearest(3.1 * HOUR).values.load1, 2);
  const empty = new Span(answer({ series: { load1: { mean: [null, null, null, null], low: [], high: [] } } }));
  assert.deepEqual([empty.empty, empty.nearest(HOUR), empty.means().load1], [true, null, null]);
});

test("the mean of a span is told for the legend", () => {
  assert.equal(new Span(answer()).means().load1, 2);
});

test("layers stand upon each other and add up", () => {
  const [user, system] = stacked([[{ x: 1, y: 10 }, { x: 2, y: 20 }], [{ x: 1, y: 5 }, { x: 2, y: 1 }]]);
  assert.deepEqual(user.between, [{ x: 1, low: 0, high: 10 }, { x: 2, low: 0, high: 20 }]);
  assert.deepEqual(system.top, [{ x: 1, y: 15 }, { x: 2, y: 21 }]);
});

test("a hidden layer takes no room, and a time that one layer lacks is left out", () => {
  const [, hidden, top] = stacked([[{ x: 1, y: 10 }, { x: 2, y: 20 }], [], [{ x: 2, y: 3 }]]);
  assert.deepEqual([hidden.top, top.top], [[], [{ x: 2, y: 23 }]]);
});

test("a run ends where points lie too far apart", () => {
  assert.deepEqual(runs([{ x: 1 }, { x: 2 }, { x: 9 }], 1.5).map((run) => run.length), [2, 1]);
  assert.deepEqual(runs([], 1), []);
});

test("the earlier line lies where the present one is, with its value beside the cursor", () => {
  const ghost = new Ghost(new Span(answer()), 10 * HOUR, "day");
  assert.deepEqual(ghost.points("load")[1], { x: 12.5 * HOUR, y: 3 });
  assert.deepEqual([ghost.valueAt("load", 12.6 * HOUR), ghost.valueAt("load", 20 * HOUR), ghost.valueAt("cpu", 12 * HOUR)], [3, null, null]);
});
