// Who keeps the machine busy, in words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { STALE_MS, culprits } from "../../../static/monitor/js/diagnosis/culprits.js";

const AT = 1_760_000_000_000;

function busy(fields = {}) {
  return { at: AT, seconds: 15, tasks: { processes: 120 }, by_cpu: [], by_memory: [], blocked: [], groups: [], short_lived: { cpu_percent: 1, by: [] }, ...fields };
}

test("each list tells a name, where it belongs and its figure", () => {
  const { lists } = culprits(
    busy({
      by_cpu: [{ pid: 7, name: "ffmpeg", unit: "video.service", user: "anna", cpu_percent: 180.4 }],
      by_memory: [{ pid: 8, name: "java", unit: null, user: "anna", rss_bytes: 2 ** 31 }],
      blocked: [{ pid: 9, name: "rsync", unit: null, user: null, waits_in: "nfs_wait", threads: 5 }],
      groups: [{ name: "video.service", kind: "unit", cpu_percent: null, rss_bytes: 2 ** 20, processes: 3 }],
    }),
    AT,
  );
  assert.deepEqual(lists.cpu, [{ id: "7", name: "ffmpeg", note: "video.service", figures: ["180 %"] }]);
  assert.deepEqual(lists.memory, [{ id: "8", name: "java", note: "anna", figures: ["2.0 GiB"] }]);
  assert.deepEqual(lists.waiting, [{ id: "9", name: "rsync", note: "in nfs_wait", figures: ["5"] }]);
  assert.deepEqual(lists.groups, [{ id: "unit video.service", name: "video.service", note: "service", figures: ["3", "n/a", "1.0 MiB"] }]);
});

test("kernel threads are no user", () => {
  const { lists } = culprits(busy({ groups: [{ name: "kernel threads", kind: "user", cpu_percent: 1, rss_bytes: 0, processes: 60 }] }), AT);
  assert.deepEqual([lists.groups[0].name, lists.groups[0].note], ["kernel threads", ""]);
});

test("a place that is not told is left empty", () => {
  const { lists } = culprits(busy({ blocked: [{ pid: 9, name: "rsync", waits_in: null, threads: 1 }] }), AT);
  assert.deepEqual(lists.waiting[0], { id: "9", name: "rsync", note: "", figures: ["1"] });
});

test("the line says when, at how many, and over which time", () => {
  assert.match(culprits(busy(), AT).line, /^Looked at 120 processes at \d\d:\d\d:\d\d.*; CPU over 15 s\.$/);
  assert.match(culprits(busy({ seconds: null }), AT).line, /CPU is known after the next look\.$/);
});

test("nothing known, or known long ago, is told and nothing is shown", () => {
  assert.deepEqual(culprits(null, AT).lists, { cpu: [], memory: [], waiting: [], groups: [] });
  assert.match(culprits(null, AT).line, /^Not known: /);
  const old = culprits(busy({ by_cpu: [{ pid: 7, name: "x", cpu_percent: 9 }] }), AT + STALE_MS + 1);
  assert.equal(old.known, false);
  assert.deepEqual(old.lists.cpu, []);
  assert.match(old.line, /^Not known now: /);
  assert.match(culprits(busy(), AT - 3_600_000).line, /^Not known now: /);
});

test("processes that came and went are told where they used much", () => {
  assert.equal(culprits(busy(), AT).extra, "");
  const many = busy({ short_lived: { cpu_percent: 310.2, by: [{ name: "make" }, { name: "sh" }] } });
  assert.equal(culprits(many, AT).extra, "Processes that came and went used 310 %, started by make, sh.");
});

test("of more rows than there is room for the last one tells how many are left out", () => {
  const blocked = Array.from({ length: 12 }, (_, pid) => ({ pid, name: "rsync", waits_in: null, threads: 1 }));
  const { waiting } = culprits(busy({ blocked }), AT).lists;
  assert.equal(waiting.length, 5);
  assert.deepEqual(waiting.at(-1), { id: "more", name: "and 8 more", note: "", figures: [""] });
});
