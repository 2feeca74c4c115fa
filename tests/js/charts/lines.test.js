// The horizontal lines of a chart.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chartLines, leastTop } from "../../../static/monitor/js/charts/lines.js";

const rule = (metric, threshold, more = {}) => ({ metric, threshold, severity: "warning", enabled: true, ...more });
const percent = (...names) => Object.fromEntries(names.map((name) => [name, { unit: "percent" }]));

test("no line for a share of time, nor for what the chart does not draw", () => {
  const share = rule("cpu_percent", 2, { statistic: "share", critical_threshold: 5 });
  assert.deepEqual(chartLines("cpu", [share, rule("cpu_busiest_core_percent", 2)], {}, null), []);
  assert.deepEqual(chartLines("load", [rule("tasks_running", 2)], {}, null), []);
});

test("every chart has the lines of the rules on what it draws, with the series that is meant", () => {
  const metrics = percent("cpu_busiest_core_percent", "pressure_cpu_some_percent", "pressure_io_full_percent");
  const rules = [rule("cpu_busiest_core_percent", 95), rule("pressure_io_full_percent", 20), rule("pressure_cpu_some_percent", 60, { severity: "info" }), rule("tasks_blocked", 9)];
  const texts = (kind) => chartLines(kind, rules, metrics, 2).map(({ text }) => text);
  assert.deepEqual(texts("busiest"), ["warning at 95 %"]);
  assert.deepEqual(texts("pressure"), ["warning at 20 % (I/O, full)", "info at 60 % (CPU)"]);
  assert.deepEqual(texts("tasks"), ["warning at 9 (blocked)"]);
});

test("a rule that fires below says so at its line", () => {
  assert.deepEqual(chartLines("busiest", [rule("cpu_busiest_core_percent", 5, { comparison: "below" })], percent("cpu_busiest_core_percent"), 2).map(({ text }) => text), ["warning below 5 %"]);
});

test("an axis reaches its lowest line, of percentages every line", () => {
  const lines = [{ value: 10 }, { value: 60 }];
  assert.equal(Math.round(leastTop("pressure", lines, 2)), 69);
  assert.equal(leastTop("tasks", [{ value: 20 }, { value: 900 }], 2), 23);
  assert.deepEqual([leastTop("load", [{ value: 2 }], 2), leastTop("pressure", [], 2), leastTop("tasks", [], 2)], [2.5, 5, 2]);
});

test("the load chart always shows the cores, once", () => {
  const metrics = { load1: { unit: "load" } };
  assert.deepEqual(chartLines("load", [rule("load1", 2)], metrics, 2).map(({ text }) => text), ["warning at 2 = cores (1 min)"]);
  assert.deepEqual(chartLines("load", [], metrics, 2).map(({ text }) => text), ["cores = 2"]);
  assert.deepEqual(chartLines("cpu", [], metrics, 2), []);
});
