// Tiles, notices, verdict, load test: the words for each state.

import assert from "node:assert/strict";
import { test } from "node:test";
import { moved } from "../../../static/monitor/js/charts/cursor.js";
import { hideable, toggled } from "../../../static/monitor/js/charts/series.js";
import { ServerClock } from "../../../static/monitor/js/dashboard/clock.js";
import { tiles } from "../../../static/monitor/js/dashboard/figures.js";
import { linkAnnouncement, noticeLines, verdictView } from "../../../static/monitor/js/dashboard/status.js";
import { loadTestAnnouncement, parse, view, withCurrent } from "../../../static/monitor/js/loadtests/loadtest.js";

const NONE = { open: [], recent: [], count_24h: 0 };
const all = (values, more = {}) => {
  const { big, small } = tiles({ values, mean: { cpu_percent: 61 }, cores: 8, alerts: NONE, failing: {}, ...more });
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

test("nothing is said of a sampler that is well", () => {
  assert.deepEqual(noticeLines({ state: "running", waiting: 0, message: "", failing: {} }), []);
});

test("a sampler that cannot store, has stopped or lacks figures is spoken of", () => {
  const [full] = noticeLines({ state: "storing_failed", waiting: 1, message: "Cannot store samples: the disk is full.", failing: {} });
  assert.equal(full, "Cannot store samples: the disk is full. Reading goes on; 1 sample waits in memory.");
  assert.match(noticeLines({ state: "stopped", last_sample_at: null, failing: {} })[0], /^The sampler has stopped\. Nothing is watched\. To start it: /);
  assert.deepEqual(noticeLines({ state: "running", failing: { disk: "permission denied" } }), ["Disk figures are missing: permission denied"]);
});

test("samples that no longer fit into memory are said to be lost", () => {
  const told = (dropped) => noticeLines({ state: "storing_failed", waiting: 600, dropped, message: "Cannot store samples." })[0];
  assert.equal(told(0), "Cannot store samples. Reading goes on; 600 samples wait in memory.");
  assert.equal(told(1), "Cannot store samples. Reading goes on; 600 samples wait in memory; no more fit, and 1 older one is lost.");
  assert.equal(told(42), "Cannot store samples. Reading goes on; 600 samples wait in memory; no more fit, and 42 older ones are lost.");
});

test("a clock that was set back is spoken of", () => {
  const [line] = noticeLines({ state: "running" }, { stepped: { at: 0, by: 3_600_000 } });
  assert.match(line, /^The server's clock was set back by 1 h at /);
});

test("the verdict is split into the answer and its reasons", () => {
  const shown = verdictView({ tone: "ok", text: "Fine. Load 0.5 on 2 cores: CPU 5 %." }, { link: "live" });
  assert.deepEqual(shown, { tone: "ok", head: "Fine.", text: "Load 0.5 on 2 cores: CPU 5 %." });
});

test("an old verdict is not given as the present one", () => {
  const shown = verdictView({ tone: "ok", text: "Fine. All well." }, { link: "stale", seenAt: 0, age: 130_000 });
  assert.deepEqual([shown.tone, shown.head], ["unknown", "Not known now."]);
  assert.match(shown.text, /^Last seen at .*, 2 min 10 s ago: Fine\. All well\.$/);
});

test("only changes of the link that matter are announced", () => {
  assert.equal(linkAnnouncement("connecting", "live"), null);
  assert.equal(linkAnnouncement("live", "live"), null);
  assert.equal(linkAnnouncement("live", "stale"), "The data are stale: no new samples.");
  assert.equal(linkAnnouncement("reconnecting", "live"), "Live again.");
});

test("a load test is asked for within its limits", () => {
  assert.deepEqual(parse("120", "2", 2), { seconds: 120, workers: 2 });
  for (const seconds of ["0", "601", "1.5", "", "abc", "1e9", "NaN"]) assert.match(parse(seconds, "1", 2).error, /from 1 to 600/);
  for (const workers of ["0", "4", "", "-1"]) assert.match(parse("5", workers, 2.5).error, /from 1 to 3/);
  assert.deepEqual(parse("5", "1", 0.5), { seconds: 5, workers: 1 });
});

test("a load test tells how far it is and how it ended", () => {
  const running = { id: 1, state: "running", requested_by: "ann", started_at: 0, ends_at: 120_000, seconds: 120, workers: 2, report: "" };
  assert.deepEqual(view(running, 30_000), { mode: "busy", text: "Running by ann on 2 cores, 1 min 30 s left of 2 min.", share: 0.25 });
  assert.equal(view(running, 999_999).share, 1);
  assert.equal(view({ ...running, state: "finished", report: "CPU crossed." }, 0).text, "Finished (2 min on 2 cores by ann). CPU crossed.");
  assert.equal(view(null, 0).mode, "idle");
});

test("start and end of a load test are announced, once each", () => {
  const running = { id: 1, state: "running", report: "" };
  const over = { id: 1, state: "finished", report: "CPU crossed." };
  const told = [[null, running], [running, running], [running, over], [over, over], [over, null]].map(([a, b]) => loadTestAnnouncement(a, b));
  assert.deepEqual(told, ["Load test started.", null, "Load test finished. CPU crossed.", null, null]);
});

test("the newest state of a load test replaces the older one", () => {
  assert.deepEqual(withCurrent([{ id: 1, s: 0 }, { id: 2, s: 0 }], { id: 2, s: 1 }), [{ id: 1, s: 0 }, { id: 2, s: 1 }]);
  assert.deepEqual(withCurrent([{ id: 1 }], null), [{ id: 1 }]);
});

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

test("arrow keys move the cursor and stop at the ends", () => {
  const cases = [["ArrowLeft", null, 9], ["ArrowLeft", 0, 0], ["ArrowRight", 9, 9], ["Home", 5, 0], ["End", 5, 9], ["Escape", 5, null], ["x", 5, undefined], ["PageUp", 5, 0]];
  for (const [key, index, expected] of cases) assert.equal(moved(key, index, 10), expected, `${key} at ${index}`);
  assert.equal(moved("ArrowLeft", null, 0), undefined);
});

test("the server's time goes on by a monotonic clock", () => {
  let monotonic = 1000;
  const clock = new ServerClock(50_000, () => monotonic);
  monotonic += 250;
  assert.equal(clock.now(), 50_250);
  clock.atLeast(50_100);
  assert.equal(clock.now(), 50_250);
  clock.atLeast(50_400);
  assert.equal(clock.now(), 50_400);
  clock.hear(10_000);
  assert.equal(clock.now(), 10_000);
});

test("of a made-up host one sentence says so, and none that its sampler stopped", () => {
  const seenAt = new Date(2026, 10, 24, 8, 22, 7).getTime();
  const shown = verdictView({ tone: "unknown", text: "x" }, { link: "history", seenAt, age: 9, now: seenAt + 60_000, synthetic: true });
  assert.deepEqual([shown.head, shown.text], ["Made-up history.", "Nothing of it was measured. It ends at 08:22:07."]);
  assert.deepEqual(noticeLines({ state: "stopped", message: "It was stopped." }, { synthetic: true }), []);
});

test("a mean that is lacking is not known where no more samples come", () => {
  const note = (old) => tiles({ values: { cpu_percent: 40 }, mean: null, cores: 2, alerts: NONE, failing: {}, old }).big[0].note;
  assert.deepEqual([note(false), note(true)], ["too few samples yet for 2 minutes", "mean of 2 minutes not known"]);
});
