// The words of history: spans, buckets, gaps.

import assert from "node:assert/strict";
import { test } from "node:test";
import { explained } from "../../../static/monitor/js/charts/livegaps.js";
import * as words from "../../../static/monitor/js/history/words.js";
import "../page/vocabulary.js";
import { HOUR, NOW, local, span } from "./hours.js";

const END = new Date(2026, 10, 24, 12, 40).getTime();
const at = (seconds) => END - 1_200_000 + seconds * 1000;
const bounds = { start: at(0), end: END, limit: 5000 };
const gap = (from, to, kind = "gap") => ({ start: at(from), end: at(to), kind });
const reason = (from, to, kind, note = "") => ({ start_at: at(from), end_at: at(to), kind, note });

test("a bucket is named by its width", () => {
  assert.deepEqual([2, 60, 600, 3600, 21600, 86400, 7 * 86400].map(words.widthWords), ["2-s", "1-min", "10-min", "1-h", "6-h", "1-day", "7-day"]);
  assert.equal(words.bucketWords(600, 1), "10-min means, band from lowest to highest");
  assert.equal(words.bucketWords(1, 1), "single samples");
  assert.equal(words.bucketWords(86_400, 1, 86_400_000), "1-day means, band of 5–95 % of the time, thin marks for lowest and highest");
  assert.equal(words.bucketWords(3600, 1, 21_600_000), "1-h means, band of 5–95 % of the time in 6-h windows, thin marks for lowest and highest");
});

test("the limit of a tier is told where it is felt", () => {
  const hour = { start: 0, end: HOUR };
  assert.equal(words.tierWords({ tier: 0, ...hour }, 600), "");
  assert.equal(words.tierWords({ tier: 60, ...hour }, 60), "");
  assert.equal(words.tierWords({ tier: 900, ...hour }, 600), "of this time only 15-minute means are kept");
});

test("bounds name a day once, and the year only where it is another one", () => {
  assert.equal(words.boundsWords({ start: NOW - HOUR, end: NOW }, NOW), "24 Nov 11:00 to 12:00");
  assert.equal(words.boundsWords({ start: NOW - 24 * HOUR, end: NOW }, NOW), "23 Nov 12:00 to 24 Nov 12:00");
  assert.equal(words.boundsWords({ start: local(2025, 11, 31), end: local(2026, 0, 2) }, NOW), "31 Dec 2025 00:00 to 2 Jan 00:00");
  assert.equal(words.boundsWords({ start: NOW, end: NOW + 90_000 }, NOW), "24 Nov 12:00:00 to 12:01:30");
});

test("a gap in the list says when, how long and why", () => {
  const gap = { start: local(2026, 10, 24, 2, 10), end: local(2026, 10, 24, 6, 40), kind: "suspended", note: "" };
  assert.deepEqual(words.gapRow(gap, NOW), { when: "02:10 to 06:40", lasted: "4 h 30 min", reason: "suspended" });
  const stepped = { start: NOW, end: NOW, kind: "clock_stepped", note: "set back by 1 h" };
  assert.deepEqual(words.gapRow(stepped, NOW), { when: "12:00", lasted: "", reason: "clock set back by 1 h" });
});

test("the same day of another year is another day", () => {
  const earlier = local(2025, 10, 24, 7);
  assert.equal(words.moment(earlier, NOW), "24 Nov 2025 07:00");
  assert.equal(words.oldestWords({ start: local(2020, 0, 1), oldest: earlier }, NOW), "nothing is stored from before 24 Nov 2025 07:00");
});

test("gaps are counted", () => {
  assert.equal(words.gapsSummary([]), "No gaps in this span");
  assert.equal(words.gapsSummary([{ start: 0, end: HOUR }]), "1 gap in this span, 1 h in all");
  assert.equal(words.gapsSummary([{ start: 0, end: HOUR }, { start: 0, end: HOUR }]), "2 gaps in this span, 2 h in all");
});

test("a span from before the history says so", () => {
  assert.equal(words.oldestWords({ start: 0, oldest: local(2026, 10, 20, 9) }, NOW), "nothing is stored from before 20 Nov 09:00");
  assert.equal(words.oldestWords({ start: NOW, oldest: local(2026, 10, 20) }, NOW), "");
  assert.equal(words.oldestWords({ start: 0, oldest: null }, NOW), "");
});

test("a failure is one sentence that ends", () => {
  for (const failure of [{ status: 401 }, { status: 0 }, { status: 0, error: "slow" }, { status: 503 }, { status: 400, error: "No such metric." }]) {
    assert.match(words.failureWords(failure), /^[A-Z].*\.$/);
  }
});

test("the line above the charts tells bounds, buckets and what is lacking", () => {
  const shown = span([1, 1]);
  assert.equal(words.sentence(shown, 600, 1, NOW), "24 Nov 10:00 to 12:00; 1-h means, band from lowest to highest.");
  const before = Object.assign(span([null]), { oldest: NOW });
  assert.equal(words.sentence(before, 600, 1, NOW), "No data from 24 Nov 11:00 to 12:00: nothing is stored from before 12:00.");
});

test("alerts that are not drawn are counted, and nothing is said where all are", () => {
  assert.deepEqual([0, 1, 1234].map(words.leftOutWords), ["", "1 older alert is not drawn; zoom in, or", "1,234 older alerts are not drawn; zoom in, or"]);
});

test("the summary of a gap that goes on stands still", () => {
  const after = { ...gap(900, 1200, "after"), text: "" };
  assert.equal(words.gapsSummary([after], bounds), "1 gap in this span, not over yet");
  assert.equal(words.gapsSummary([gap(1, 60), after], bounds), "2 gaps in this span, the last not over yet");
});

test("a short gap is listed to the second", () => {
  const [found] = explained([gap(60, 90)], [], bounds);
  assert.deepEqual(words.gapRow(found, END), { when: "12:21:00 to 12:21:30", lasted: "30 s", reason: "no data" });
});

test("the summary counts what lies in the window", () => {
  const gaps = explained([], [reason(-3600, 60, "suspended")], bounds);
  assert.equal(words.gapsSummary(gaps, bounds), "1 gap in this span, 1 min in all");
});
