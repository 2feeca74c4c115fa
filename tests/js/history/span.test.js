// An answer of the history API as the charts read it.

import assert from "node:assert/strict";
import { test } from "node:test";
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
  assert.deepEqual(span.band("load1").runs[1][0], { x: 2.5 * HOUR, low: 2, high: 9 });
  assert.deepEqual(span.band("load5"), { runs: [], marks: [] });
});

test("what 5 and 95 % of the time were not above is told of the window that begins at a time", () => {
  const { load1 } = answer().series;
  const span = new Span(answer({ percentile_seconds: 7200, series: { load1: { ...load1, p5: [0.6, 0.6, null, null], p95: [1.5, 1.5, null, null] } } }));
  assert.deepEqual(span.mostly("load1", 0), { p5: 0.6, p95: 1.5 });
  assert.deepEqual([span.mostly("load1", 2 * HOUR), span.mostly("load1", 9 * HOUR), span.mostly("load5", 0)], [null, null, null]);
  assert.equal(new Span(answer()).mostly("load1", 0), null);
});

test("a metric that was not asked for has no points", () => {
  assert.deepEqual([new Span(answer()).points("swap_used_bytes"), new Span(answer()).band("swap_used_bytes").runs], [[], []]);
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
