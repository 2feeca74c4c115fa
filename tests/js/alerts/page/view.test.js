// The chart of one alert: what of its history is drawn, and in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { alertBand, chartData, chartWords, judgedPoints, leastTop } from "../../../../static/monitor/js/alerts/page/view.js";

const METRIC = { name: "cpu_percent", least_coverage: 0.8 };
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
  assert.deepEqual(source.band("value"), { runs: [[{ x: 11_000, low: 40, high: 60 }]], marks: [] });
  assert.deepEqual(source.band("judged").runs, []);
  assert.deepEqual(gaps, [{ start: 12_000, end: 14_000, text: "no data" }]);
  assert.equal(limit, 5000);
});

test("an alert that stood for more than a week has a band of how it mostly was", () => {
  const series = { cpu_percent: { mean: [50, 60], low: [0, 0], high: [99, 99], p5: [40, 50], p95: [60, 70] } };
  const { source } = chartData({ ...HISTORY, percentile_seconds: 2, series }, "cpu_percent");
  assert.equal(source.mostlyMs, 2000);
  assert.deepEqual(source.band("value").marks.map(({ high }) => high), [99, 99]);
  assert.deepEqual(source.band("value").runs[0].at(-1), { x: 13_000, low: 50, high: 70 });
});

test("what was judged is the mean of the window at the end of each bucket", () => {
  const mean = [0, 0, 0, 0, 80, 80, 80, 80];
  const history = { times: mean.map((_, i) => i * 1000), resolution_seconds: 1, end_at: 8000, series: { cpu_percent: { mean, low: mean, high: mean } } };
  const rule = { window_seconds: 4, statistic: "mean", comparison: "above" };
  const points = judgedPoints(history, METRIC, rule);
  assert.deepEqual(points.map(({ y }) => y), [0, 20, 40, 60, 80]);
  assert.equal(points[0].x, 4000);
  assert.deepEqual(judgedPoints(history, METRIC, { ...rule, statistic: "max" }).map(({ y }) => y), [0, 80, 80, 80, 80]);
  assert.deepEqual(judgedPoints(history, METRIC, { ...rule, window_seconds: 0 }), []);
  assert.deepEqual(judgedPoints(history, METRIC, { ...rule, statistic: "share" }), []);
  assert.deepEqual(judgedPoints({ ...history, resolution_seconds: 2 }, METRIC, rule), []);
});

test("a window of which too little is known was not judged", () => {
  const mean = [10, 10, 10, 10, null, 10, null];
  const history = { times: mean.map((_, i) => i * 1000), resolution_seconds: 1, end_at: 7000, series: { cpu_percent: { mean, low: mean, high: mean } } };
  const rule = { window_seconds: 5, statistic: "mean", comparison: "above" };
  assert.deepEqual(judgedPoints(history, METRIC, rule).map(({ x }) => x), [4000, 5000, 6000]);
  assert.deepEqual(judgedPoints(history, { ...METRIC, least_coverage: 1 }, rule), []);
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
  const data = { alert: { peak: 99 }, metric: { label: "CPU busy", unit: "percent", peak_word: "peak" }, lines: [{ text: "fires at 75 %" }] };
  assert.equal(chartWords(data, false), "CPU busy: fires at 75 %. Peak 99 %. The alert is open.");
});
