import assert from "node:assert/strict";
import { test } from "node:test";

import { localText } from "../../../static/monitor/js/alerts/page/localtimes.js";
import { alertBand, chartData, chartWords, judgedPoints, leastTop } from "../../../static/monitor/js/alerts/page/view.js";
import { target } from "../../../static/monitor/js/alerts/yeargrid.js";
import { addressOf } from "../../../static/monitor/js/page/addresses.js";
import { zoneCookie } from "../../../static/monitor/js/page/zone.js";

const HISTORY = {
  start_at: 10_000,
  end_at: 14_000,
  resolution_seconds: 2,
  times: [10_000, 12_000],
  series: { cpu_percent: { mean: [50, null], low: [40, null], high: [60, null] } },
  gaps: [{ start_at: 12_000, end_at: 14_000, kind: "no_data" }],
};

test("a bucket is drawn at its middle and a hole stays a hole", () => {
  const { source, gaps, limit } = chartData(HISTORY, "cpu_percent");
  assert.deepEqual(source.points(), [{ x: 11_000, y: 50 }]);
  assert.deepEqual(source.ranges(), [{ x: 11_000, low: 40, high: 60 }]);
  assert.deepEqual(gaps, [{ start: 12_000, end: 14_000, text: "no data" }]);
  assert.equal(limit, 5000);
});

test("what was judged is the mean of the window at the end of each bucket", () => {
  const mean = [0, 0, 0, 0, 80, 80, 80, 80];
  const history = { times: mean.map((_, i) => i * 1000), resolution_seconds: 1, end_at: 8000, series: { cpu_percent: { mean, low: mean, high: mean } } };
  const rule = { window_seconds: 4, statistic: "mean", comparison: "above" };
  const points = judgedPoints(history, "cpu_percent", rule);
  assert.deepEqual(points.map(({ y }) => y), [0, 20, 40, 60, 80]);
  assert.equal(points[0].x, 4000);
  assert.deepEqual(judgedPoints(history, "cpu_percent", { ...rule, statistic: "max" }).map(({ y }) => y), [0, 80, 80, 80, 80]);
  assert.deepEqual(judgedPoints(history, "cpu_percent", { ...rule, window_seconds: 0 }), []);
  assert.deepEqual(judgedPoints(history, "cpu_percent", { ...rule, statistic: "share" }), []);
  assert.deepEqual(judgedPoints({ ...history, resolution_seconds: 2 }, "cpu_percent", rule), []);
});

test("without any data the whole span is a gap", () => {
  const empty = { ...HISTORY, series: { cpu_percent: { mean: [null, null], low: [null, null], high: [null, null] } } };
  assert.deepEqual(chartData(empty, "cpu_percent").gaps, [{ start: 10_000, end: 14_000, text: "no data" }]);
});

test("the band of an open alert reaches to now, that of a past one keeps its worst severity", () => {
  const alert = { fired_at: 5, started_at: 1, resolved_at: null, severity: "warning", worst_severity: "critical" };
  assert.deepEqual(alertBand(alert, 99), { start: 5, end: 99, severity: "warning", open: true });
  assert.deepEqual(alertBand({ ...alert, resolved_at: 50 }, 99), { start: 5, end: 50, severity: "critical", open: false });
});

test("every line fits below the top of the axis", () => {
  assert.ok(leastTop([{ value: 4 }, { value: 8 }], { peak: 6 }) > 8);
  assert.ok(leastTop([{ value: 4 }], { peak: 90, statistic: "share" }) < 5);
  assert.equal(leastTop([], { peak: NaN }), 1);
});

test("the chart is told in words", () => {
  const data = { alert: { peak: 99 }, metric: { label: "CPU busy", unit: "percent" }, lines: [{ text: "fires at 75 %" }] };
  assert.equal(chartWords(data, false), "CPU busy: fires at 75 %. Peak 99 %. The alert is open.");
});

test("arrows move by days and weeks and stay inside the year", () => {
  assert.equal(target("ArrowDown", 3, 365), 4);
  assert.equal(target("ArrowLeft", 10, 365), 3);
  assert.equal(target("ArrowLeft", 3, 365), 3);
  assert.equal(target("End", 3, 365), 364);
  assert.equal(target("Tab", 3, 365), null);
});

test("only what can be the name of a zone becomes a cookie", () => {
  assert.match(zoneCookie("America/Argentina/Buenos_Aires", "/load/"), /^loadmon_zone=America\/Argentina\/Buenos_Aires; path=\/load\/; /);
  assert.equal(zoneCookie("local time; path=/", "/"), "");
});

test("the number in an address is the last one, whatever the sub-path is called", () => {
  assert.equal(addressOf("/alerts/0/", 7), "/alerts/7/");
  assert.equal(addressOf("/0/alerts/0/", 7), "/0/alerts/7/");
  assert.equal(addressOf("/api/v1/alerts/0/acknowledge", 7), "/api/v1/alerts/7/acknowledge");
  assert.equal(addressOf("/0/api/v1/silences/0", 7), "/0/api/v1/silences/7");
});

test("a time is told with its day and to the second", () => {
  assert.match(localText(Date.UTC(2026, 8, 4, 12, 41, 7)), /^[345] Sep 2026 \d\d:\d\d:07$/);
});
