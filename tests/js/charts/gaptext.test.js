// The words of gaps on a chart: why, and from when to when.

import assert from "node:assert/strict";
import { test } from "node:test";
import { gapBands, gapReason, gapWords } from "../../../static/monitor/js/charts/gaptext.js";
import "../page/vocabulary.js";

const local = (...parts) => new Date(...parts).getTime();
const NOW = local(2026, 10, 24, 12, 0);

test("a gap says why", () => {
  const gap = { start: local(2026, 10, 24, 2, 10), end: local(2026, 10, 24, 6, 40), kind: "suspended", note: "" };
  assert.equal(gapWords(gap), "suspended 02:10–06:40");
  const stepped = { start: NOW, end: NOW, kind: "clock_stepped", note: "set back by 1 h" };
  assert.equal(gapWords(stepped), "clock set back by 1 h, 12:00");
  assert.equal(gapReason({ ...stepped, note: "The clock was set forward by 90 s." }), "The clock was set forward by 90 s");
  assert.equal(gapReason({ kind: "sampler_down" }), "sampler was down");
  assert.equal(gapReason({ kind: "novel" }), "no data");
});

test("a gap over midnight names both days", () => {
  assert.equal(gapWords({ start: local(2026, 10, 23, 22), end: local(2026, 10, 24, 6), kind: "sampler_down" }), "sampler was down 23 Nov 22:00–24 Nov 06:00");
});

test("the same day of another year is another day", () => {
  const earlier = local(2025, 10, 24, 7);
  assert.equal(gapWords({ start: earlier, end: NOW, kind: "sampler_down" }), "sampler was down 24 Nov 2025 07:00–24 Nov 2026 12:00");
});

test("the gaps of an answer are bands, oldest first", () => {
  assert.deepEqual(gapBands([{ start_at: 9, end_at: 10, kind: "no_data" }, { start_at: 1, end_at: 2, kind: "no_data" }]).map(({ start }) => start), [1, 9]);
});
