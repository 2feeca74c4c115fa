// The gaps of the live window, with reasons.

import assert from "node:assert/strict";
import { test } from "node:test";
import { explained, listedGaps } from "../../../static/monitor/js/charts/livegaps.js";
import { gapRow } from "../../../static/monitor/js/history/words.js";
import "../page/vocabulary.js";

const END = new Date(2026, 10, 24, 12, 40).getTime();
const at = (seconds) => END - 1_200_000 + seconds * 1000;
const bounds = { start: at(0), end: END, limit: 5000 };
const gap = (from, to, kind = "gap") => ({ start: at(from), end: at(to), kind });
const reason = (from, to, kind, note = "") => ({ start_at: at(from), end_at: at(to), kind, note });
const shown = (gaps) => gaps.map(({ start, end, text }) => [(start - at(0)) / 1000, (end - at(0)) / 1000, text]);

test("a gap that a reason covers is told once, by its reason", () => {
  const found = explained([gap(101, 160)], [reason(100, 160, "suspended")], bounds);
  assert.deepEqual(shown(found), [[100, 160, "suspended 12:21:40–12:22:40"]]);
});

test("a gap without a reason is no data", () => {
  assert.deepEqual(shown(explained([gap(60, 360)], [], bounds)), [[60, 360, "no data 12:21–12:26"]]);
});

test("what a reason leaves of a gap is no data, unless it is too short to be one", () => {
  const found = explained([gap(60, 364)], [reason(200, 360, "rebooted")], bounds);
  assert.deepEqual(shown(found).map(([from, to]) => [from, to]), [[60, 200], [200, 360]]);
});

test("a reason reaches back beyond the window, and one that left it is gone", () => {
  const reasons = [reason(-9000, 30, "sampler_down"), reason(-900, -600, "rebooted")];
  assert.deepEqual(shown(explained([gap(0, 30, "before")], reasons, bounds)), [[-9000, 30, "sampler was down 09:50–12:20"]]);
});

test("a clock that was set is told by its note", () => {
  const [found] = explained([], [reason(90, 90, "clock_stepped", "The clock was set back by 60 s.")], bounds);
  assert.match(found.text, /^The clock was set back by 60 s, 12:21$/);
});

test("that nothing was sampled before the first sample is listed as no gap, that nothing comes any more is", () => {
  const samples = [{ at: at(600), covered: 1000 }, { at: at(601), covered: 1000 }];
  const [only, ...others] = listedGaps(samples, [], bounds);
  assert.deepEqual([only.kind, others], ["after", []]);
  assert.deepEqual(gapRow(only, END), { when: "since 12:30:01", lasted: "", reason: "no data" });
});
