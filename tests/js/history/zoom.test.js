// Zoom and pan as arithmetic.

import assert from "node:assert/strict";
import { test } from "node:test";
import { atLeastAMinute } from "../../../static/monitor/js/history/navigate.js";
import { clamped, deeper, depth, panned, scaled, selected } from "../../../static/monitor/js/history/zoom.js";

const HOUR = 3_600_000;
const NOW = 1000 * HOUR;
const SPAN = { start: NOW - 4 * HOUR, end: NOW - 2 * HOUR };

test("zooming in halves the span around the time that is pointed at", () => {
  assert.deepEqual(scaled(SPAN, 0.5, NOW), { start: NOW - 3.5 * HOUR, end: NOW - 2.5 * HOUR });
  assert.deepEqual(scaled(SPAN, 0.5, NOW, SPAN.start), { start: SPAN.start, end: NOW - 3 * HOUR });
});

test("zooming out never reaches beyond now, and keeps its width", () => {
  const wide = scaled(SPAN, 8, NOW);
  assert.deepEqual([wide.end, wide.end - wide.start], [NOW, 16 * HOUR]);
});

test("no span is shorter than a minute", () => {
  const { start, end } = scaled({ start: NOW - 70_000, end: NOW }, 0.1, NOW);
  assert.equal(end - start, 60_000);
  assert.deepEqual(atLeastAMinute({ start: 100_000, end: 120_000 }), { start: 80_000, end: 140_000 });
});

test("no span is longer than ten years", () => {
  const { start, end } = clamped({ start: 0, end: 1e15 }, 1e15);
  assert.equal(end - start, 3650 * 24 * HOUR);
});

test("panning moves by a share and stops at now", () => {
  assert.deepEqual(panned(SPAN, -0.25, NOW), { start: SPAN.start - HOUR / 2, end: SPAN.end - HOUR / 2 });
  assert.deepEqual(panned(SPAN, 5, NOW), { start: NOW - 2 * HOUR, end: NOW });
});

test("a drag to the left selects like one to the right", () => {
  assert.deepEqual(selected(9, 4), { start: 4, end: 9 });
});

test("the browser's history tells how deep one is", () => {
  assert.deepEqual([depth(null), depth({ depth: 2 }), depth({ depth: "x" }), depth({ depth: -1 })], [0, 2, 0, 0]);
  assert.deepEqual(deeper(deeper(null)), { depth: 2 });
});
