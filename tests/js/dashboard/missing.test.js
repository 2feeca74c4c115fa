// Why a figure is missing: its collector fails, it needs two readings, or the host lacks it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { failures, whyMissing } from "../../../static/monitor/js/dashboard/missing.js";
import { METRICS } from "../page/vocabulary.js";

const LATER = { cpu_percent: 5 };
const why = (metric, failing = [], values = LATER) => whyMissing(metric, Object.fromEntries(failing.map((name) => [name, "gone"])), values, METRICS);

test("a figure whose collector fails could not be read", () => {
  const broken = { disk_fullest_percent: "filesystems", swap_bytes_per_second: "swapping", cpu_effective_cores: "cores", tasks_running: "cpu", load1: "loadavg" };
  for (const [metric, collector] of Object.entries(broken)) assert.equal(why(metric, [collector]), "could not be read", metric);
});

test("a figure is not missing because of another collector", () => {
  assert.equal(why("disk_fullest_percent", ["disk"]), "not reported by this host");
  assert.equal(why("load1", ["cpu"]), "not reported by this host");
});

test("what is told by one reading does not need two", () => {
  assert.deepEqual(["memory_available_percent", "load15", "disk_fullest_percent"].map((metric) => why(metric)), Array(3).fill("not reported by this host"));
  assert.deepEqual(["cpu_percent", "disk_read_bytes_per_second"].map((metric) => why(metric)), Array(2).fill("needs two readings"));
});

test("pressure needs two readings, and then a kernel that knows it", () => {
  assert.equal(why("pressure_io_full_percent", [], { cpu_percent: null }), "needs two readings");
  assert.equal(why("pressure_io_full_percent"), "this kernel does not report it");
});

test("a metric that the page does not know is not reported", () => {
  assert.equal(why("novel_percent"), "not reported by this host");
});

test("each collector that fails is told with the figures that are missing", () => {
  assert.deepEqual(failures({ filesystems: "No list.", own: "No clock." }), ["File-system figures are missing: No list.", "Own cost figures are missing: No clock."]);
  assert.deepEqual(failures({ novel_source: "No." }), ["Novel source figures are missing: No."]);
});
