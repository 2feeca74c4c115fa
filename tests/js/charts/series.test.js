// Which series may be hidden, and whose alerts a chart shades.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PANELS, chartOf, hideable, toggled } from "../../../static/monitor/js/charts/series.js";
import { METRICS } from "../page/vocabulary.js";

test("the last visible series of each chart cannot be hidden", () => {
  assert.deepEqual(toggled([], "load5", false), ["load5"]);
  assert.deepEqual(toggled(["load5"], "load5", true), []);
  assert.deepEqual(toggled([], "cpu_percent", false), []);
  assert.deepEqual(toggled(["load1", "load5"], "load15", false), ["load1", "load5"]);
  assert.deepEqual(toggled(["tasks_running"], "load15", false), ["load15", "tasks_running"]);
});

test("of what was remembered as hidden only that counts which may be", () => {
  assert.deepEqual(hideable(["of an older version", "load5"]), ["load5"]);
  assert.deepEqual(hideable(["cpu_percent", "swap_used_bytes", "memory_used_bytes", "disk_read_bytes_per_second"]), ["disk_read_bytes_per_second"]);
});

test("each alert belongs to the chart of what its metric is about", () => {
  const charts = (...names) => names.map((name) => chartOf(name, METRICS));
  assert.deepEqual(charts("cpu_percent", "cpu_busiest_core_percent", "load5", "tasks_blocked", "pressure_io_full_percent", "self_rss_bytes"), ["cpu", "busiest", "load", "load", "pressure", null]);
  assert.deepEqual(charts("memory_available_percent", "swap_bytes_per_second", "disk_read_bytes_per_second", "disk_fullest_percent"), ["memory", "memory", "disk", "space"]);
  assert.deepEqual(charts("sampler_silent_seconds", "novel_percent"), [null, null]);
});

test("every family that a chart names is one of the catalogue, and no two charts share one", () => {
  const named = Object.values(PANELS).flatMap(({ families = [] }) => families);
  const known = Object.values(METRICS).map(({ family }) => family);
  assert.deepEqual(named.filter((family) => !known.includes(family)), []);
  assert.equal(new Set(named).size, named.length);
});
