// The words of history: spans, buckets, gaps, what is usual.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CHOICES, earlier, shiftOf, shifted } from "../../../static/monitor/js/history/compare.js";
import { exceedWords, stretches } from "../../../static/monitor/js/history/exceed.js";
import { fileName } from "../../../static/monitor/js/history/filename.js";
import { Ghost } from "../../../static/monitor/js/history/ghost.js";
import * as heat from "../../../static/monitor/js/history/heat.js";
import { Span } from "../../../static/monitor/js/history/span.js";
import * as words from "../../../static/monitor/js/history/words.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const local = (...parts) => new Date(...parts).getTime();
const NOW = local(2026, 10, 24, 12, 0);

test("a bucket is named by its width", () => {
  assert.deepEqual([2, 60, 600, 3600, 21600, 86400, 7 * 86400].map(words.widthWords), ["2-s", "1-min", "10-min", "1-h", "6-h", "1-day", "7-day"]);
  assert.equal(words.bucketWords(600, 1), "10-min means, band from lowest to highest");
  assert.equal(words.bucketWords(1, 1), "single samples");
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

function span(means, start = NOW - means.length * HOUR) {
  return new Span({
    host: "a", start_at: start, end_at: start + means.length * HOUR, resolution_seconds: 3600, times: means.map((_, i) => start + i * HOUR),
    series: { load1: { mean: means, low: means, high: means } },
  });
}

test("stretches above the cores are found, joined over one bucket, and cut at a longer hole", () => {
  const found = stretches(span([3, 4, 1, 5, 1, 1, 6]), "load1", 2).map(({ start, end, peak }) => [(end - start) / HOUR, peak]);
  assert.deepEqual(found, [[4, 5], [1, 6]]);
  assert.deepEqual(stretches(span([3, null, null, 3]), "load1", 2).length, 2);
});

test("when the machine was last above its cores, and for how long, is one sentence", () => {
  assert.equal(exceedWords(span([1, 1]), 2, NOW).text, "Load was not above the 2 cores in this span.");
  assert.equal(exceedWords(span([3, 1, 1, 3, 3, 1]), 2, NOW).text, "By its 1-h means, load was above the 2 cores 2 times, 3 h in all; last 09:00 to 11:00 (2 h).");
  assert.equal(exceedWords(span([1, 3]), 1, NOW).text, "By its 1-h means, load was above the 1 core once; still since 11:00 (1 h).");
  assert.equal(exceedWords(span([null]), 2, NOW).text, "");
  assert.equal(exceedWords(span([3]), null, NOW).text, "");
});

test("the line above the charts tells bounds, buckets and what is lacking", () => {
  const shown = span([1, 1]);
  assert.equal(words.sentence(shown, 600, 1, NOW), "24 Nov 10:00 to 12:00; 1-h means, band from lowest to highest.");
  const before = Object.assign(span([null]), { oldest: NOW });
  assert.equal(words.sentence(before, 600, 1, NOW), "No data from 24 Nov 11:00 to 12:00: nothing is stored from before 12:00.");
});

test("a peak above the cores is told, although no mean was above them", () => {
  const quiet = span([1, 1, 1]);
  quiet.series.load1.high = [1, 7, 1.5];
  const { text, last } = exceedWords(quiet, 2, NOW);
  assert.equal(text, "No 1-h mean of the load was above the 2 cores, but single values were, last within the 1 h from 10:00 (up to 7.00).");
  assert.deepEqual([last.start, last.end], [NOW - 2 * HOUR, NOW - HOUR]);
});

test("a day earlier is the same time of day, also where a day has 23 or 25 hours", () => {
  for (const at of [NOW, local(2026, 2, 29, 12), local(2026, 9, 25, 12), local(2026, 2, 8, 12), local(2028, 2, 1, 12)]) {
    for (const [choice, days] of [["day", 1], ["week", 7]]) {
      const then = new Date(at - shiftOf(choice, at));
      assert.equal(then.getHours(), 12);
      assert.equal(Math.round((at - then.getTime()) / (24 * HOUR)), days);
    }
  }
  assert.equal(shiftOf("none", NOW), 0);
  assert.deepEqual(Object.keys(CHOICES), ["none", "day", "week"]);
});

test("the earlier span is fetched there and drawn here", () => {
  assert.deepEqual(earlier({ start: 10, end: 20 }, 7), { start: 3, end: 13 });
  assert.deepEqual(shifted([{ x: 3, y: 1 }], 7), [{ x: 10, y: 1 }]);
});

const quiet = () => Array.from({ length: 7 }, () => Array(24).fill(0.2));

test("the busiest hour is a sentence", () => {
  const cells = quiet();
  cells[0][9] = 1.4;
  cells[2][14] = 1;
  assert.equal(heat.sentence(cells), "Busiest: Mondays 09–10, 1.40 per core. 2 hours of the week are usually above the cores.");
  assert.match(heat.sentence(quiet()), /^Busiest: Mondays 00–01, 0.20 per core. No hour/);
  assert.match(heat.sentence([[null, null], [null]]), /^No data yet/);
});

test("levels rise with the load, and no data is no level", () => {
  assert.deepEqual([0, 0.24, 0.25, 0.99, 1, 1.5, 80, null].map(heat.level), [0, 0, 1, 3, 4, 5, 5, null]);
  assert.deepEqual([0, 0.04, 0.1, 1.44, 12].map(heat.cellText), ["0", "0.04", "0.1", "1.4", "12.0"]);
});

test("what is usual is read at the weekday and hour of the browser", () => {
  const cells = quiet();
  cells[1][12] = 0.7;
  assert.equal(heat.usualAt(cells, NOW), 0.7);
  assert.equal(heat.usualWords(cells, NOW), "Usual for Tuesdays 12–13: 0.70 per core.");
  cells[1][12] = null;
  assert.equal(heat.usualWords(cells, NOW), "");
});

test("a saved file has a name that every system takes", () => {
  assert.equal(fileName({ host: "db 01/<b>", kind: "load", start: NOW - HOUR, end: NOW }, "png"), "db-01-b_load_2026-11-24T1100_2026-11-24T1200.png");
  assert.equal(fileName({ host: "..", kind: "cpu", start: NOW, end: NOW }, "csv").slice(0, 9), "host_cpu_");
});

test("alerts that are not drawn are counted, and nothing is said where all are", () => {
  assert.deepEqual([0, 1, 1234].map(words.leftOutWords), ["", "1 older alert is not drawn; zoom in, or", "1,234 older alerts are not drawn; zoom in, or"]);
});

test("the legend tells the mean of the earlier span, its value now in live, and that at the cursor", () => {
  const series = { cpu_percent: { mean: [10, 20], low: [null, null], high: [null, null] } };
  const span = new Span({ start_at: 0, end_at: 2 * MINUTE, resolution_seconds: 60, times: [0, MINUTE], series });
  const ghost = new Ghost(span, HOUR, "day");
  assert.equal(ghost.reading("cpu", null, { rest: "mean", source: span }), 15);
  assert.equal(ghost.reading("cpu", null, { rest: "now", source: { latest: { at: HOUR + 1.5 * MINUTE } } }), 20);
  assert.equal(ghost.reading("cpu", { at: HOUR }, { rest: "mean", source: span }), 10);
  assert.equal(new Ghost(new Span({ start_at: 0, end_at: 1, resolution_seconds: 60, times: [], series: {} }), 0, "day").mean("cpu"), null);
});
