// Bands: clipped to the window, merged where they crowd.

import assert from "node:assert/strict";
import { test } from "node:test";
import { alertBands, bandsAt, clip, cluster, testBands, thresholds } from "../../../static/monitor/js/charts/bands.js";
import { METRICS } from "../page/vocabulary.js";

const WINDOW = { start: 100, end: 200 };
const rule = (metric, threshold, more = {}) => ({ metric, threshold, severity: "warning", enabled: true, ...more });

test("a band is clipped to the window", () => {
  assert.deepEqual(clip({ start: 50, end: 150 }, WINDOW), { start: 100, end: 150 });
  assert.deepEqual(clip({ start: 50, end: 900 }, WINDOW), { start: 100, end: 200 });
});

test("a band outside the window is not there", () => {
  assert.equal(clip({ start: 10, end: 99 }, WINDOW), null);
  assert.equal(clip({ start: 201, end: 300 }, WINDOW), null);
});

test("crowded bands become one of the gravest severity", () => {
  const bands = [{ start: 60, end: 70, severity: "critical" }, { start: 0, end: 50, severity: "warning" }, { start: 500, end: 510, severity: "info" }];
  const merged = cluster(bands, 15);
  assert.deepEqual(merged, [
    { start: 0, end: 70, severity: "critical", count: 2 },
    { start: 500, end: 510, severity: "info", count: 1 },
  ]);
});

test("a short band inside a long one does not shorten it", () => {
  assert.equal(cluster([{ start: 0, end: 100 }, { start: 10, end: 20 }], 1)[0].end, 100);
});

test("an open alert reaches to now", () => {
  const open = { id: 3, metric: "load1", severity: "warning", started_at: 1, fired_at: 5, resolved_at: null };
  assert.deepEqual(alertBands([open], "load", 99, METRICS), [{ id: 3, start: 5, end: 99, severity: "warning", open: true }]);
  assert.deepEqual(alertBands([open], "cpu", 99, METRICS), []);
});

test("at a time the gravest of the alerts is first, then the newest, and near is near enough", () => {
  const band = (id, start, end, severity) => ({ id, start, end, severity });
  const bands = [band(1, 0, 50, "warning"), band(2, 40, 60, "critical"), band(3, 30, 55, "warning"), band(4, 70, 90, "info")];
  const ids = (at, slack = 0) => bandsAt(bands, at, slack).map(({ id }) => id);
  assert.deepEqual(ids(45), [2, 3, 1]);
  assert.deepEqual([ids(65), ids(65, 5), ids(200, 5)], [[], [2, 4], []]);
});

test("the band of an alert that is over has its worst severity", () => {
  const over = { metric: "load1", severity: "warning", worst_severity: "critical", fired_at: 5, resolved_at: 9 };
  assert.equal(alertBands([over], "load", 99, METRICS)[0].severity, "critical");
});

test("a load test that has not started is not shaded", () => {
  assert.deepEqual(testBands([{ started_at: null, ended_at: null }, { started_at: 3, ended_at: null }, null], 9), [{ start: 3, end: 9 }]);
});

test("equal thresholds are one line, disabled rules none", () => {
  const rule = (metric, threshold, severity, enabled = true) => ({ metric, threshold, severity, enabled });
  const rules = [rule("load5", 4, "critical"), rule("load1", 2, "info"), rule("load1", 2, "warning"), rule("load1", 9, "info", false), rule("cpu_percent", 75, "warning")];
  assert.deepEqual(thresholds(rules, ["load1", "load5", "load15"]).map(({ value, severity }) => [value, severity]), [[2, "warning"], [4, "critical"]]);
});

test("a rule with a critical level has a second line where what that judges is drawn", () => {
  const load = { metric: "load1", threshold: 2, severity: "warning", enabled: true, critical_threshold: 4, critical_metric: "load5" };
  const names = ["load1", "load5"];
  assert.deepEqual(thresholds([load], names).map(({ value, severity, metric }) => [value, severity, metric]), [[2, "warning", "load1"], [4, "critical", "load5"]]);
  assert.deepEqual(thresholds([load], ["load1"]).map(({ value }) => value), [2]);
  const cpu = { ...load, metric: "cpu_percent", critical_metric: "" };
  assert.deepEqual(thresholds([cpu], ["cpu_percent"]).map(({ value }) => value), [2, 4]);
});
