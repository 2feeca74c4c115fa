// The tiles: value, note and share for each state.

import assert from "node:assert/strict";
import { test } from "node:test";
import { tiles } from "../../../static/monitor/js/dashboard/figures.js";
import { METRICS } from "../page/vocabulary.js";

const NONE = { open: [], recent: [], count_24h: 0 };

const all = (values, more = {}) => {
  const { big, small } = tiles({ values, mean: { cpu_percent: 61 }, cores: 8, alerts: NONE, failing: {}, metrics: METRICS, ...more });
  return Object.fromEntries([...big, ...small].map((tile) => [tile.key, tile]));
};

test("a tile shows value, note and share of the whole", () => {
  const { cpu, load1 } = all({ cpu_percent: 75, load1: 7.84 });
  assert.deepEqual([cpu.value, cpu.note, cpu.share], ["75.0 %", "61.0 % over 2 minutes", 0.75]);
  assert.deepEqual([load1.value, load1.note, load1.share], ["7.84", "0.98 per core", 0.98]);
});

test("the load over 2 minutes stands beside the load of 1 minute alone", () => {
  const { load1, load5 } = all({ load1: 7.84, load5: 6 }, { mean: { cpu_percent: null, load1: 1.234 } });
  assert.deepEqual([load1.note, load5.note], ["0.98 per core; 1.23 over 2 minutes", "0.75 per core"]);
});

test("memory says of how much it is, and in a container why that is all", () => {
  const values = { memory_used_bytes: 2 ** 30, memory_available_bytes: 2 ** 30, swap_used_bytes: 0 };
  assert.equal(all(values).memory.note, "of 2.0 GiB, swap 0 B");
  assert.equal(all(values, { memoryReason: "container: 2 GiB of 32 GiB" }).memory.note, "container: 2 GiB of 32 GiB, swap 0 B");
});

test("blocked tasks are not said to wait for anything", () => {
  const { tasks } = all({ tasks_running: 3, tasks_blocked: 2 });
  assert.deepEqual([tasks.value, tasks.note], ["3 running", "2 blocked"]);
});

test("an overload fills its bar and no more", () => {
  assert.equal(all({ load1: 300 }).load1.share, 1);
});

test("before the first sample every figure is n/a", () => {
  const shown = all(null);
  for (const key of ["cpu", "load1", "tasks", "pressure", "memory", "cost"]) {
    assert.deepEqual([shown[key].value, shown[key].note], ["n/a", "no sample yet"], key);
  }
});

test("an unknown figure says why", () => {
  const first = all({ cpu_percent: null, load1: 1 });
  assert.deepEqual([first.cpu.value, first.cpu.note, first.pressure.note], ["n/a", "needs two readings", "needs two readings"]);
  assert.equal(all({ cpu_percent: 5 }).pressure.note, "this kernel does not report it");
  assert.equal(all({ cpu_percent: 5 }, { failing: { memory: "gone" } }).memory.note, "could not be read");
});

test("a mean that is lacking is not known where no more samples come", () => {
  const note = (old) => tiles({ values: { cpu_percent: 40 }, mean: null, cores: 2, alerts: NONE, failing: {}, metrics: METRICS, old }).big[0].note;
  assert.deepEqual([note(false), note(true)], ["too few samples yet for 2 minutes", "mean of 2 minutes not known"]);
});
