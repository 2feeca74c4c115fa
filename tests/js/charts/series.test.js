// Which series may be hidden.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hideable, toggled } from "../../../static/monitor/js/charts/series.js";

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
