// Who keeps the machine busy, in words.

import assert from "node:assert/strict";
import { test } from "node:test";

import "../page/vocabulary.js";
import { STALE_MS, atWork, culprits, steady } from "../../../static/monitor/js/diagnosis/culprits.js";

const AT = 1_760_000_000_000;

function busy(fields = {}) {
  return { at: AT, seconds: 15, tasks: { processes: 120 }, by_cpu: [], by_memory: [], blocked: [], groups: [], short_lived: { cpu_percent: 1, by: [] }, ...fields };
}

test("memory that several share counts for none of them", () => {
  const { lists } = culprits(busy({
    by_memory: [{ pid: 7, name: "postgres", rss_bytes: 2 ** 33, own_bytes: 2 ** 20 }, { pid: 8, name: "java", rss_bytes: 2 ** 31 }],
    groups: [{ name: "db.service", kind: "unit", cpu_percent: 0, rss_bytes: 2 ** 36, own_bytes: 2 ** 21, processes: 9 }],
  }), AT);
  assert.deepEqual(lists.memory.map(({ name, figures }) => [name, ...figures]), [["java", "2.0 GiB"], ["postgres", "1.0 MiB"]]);
  assert.equal(lists.groups[0].figures[2], "2.0 MiB");
});

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
  assert.deepEqual(lists.cpu, [{ id: "7", name: "ffmpeg", note: "pid 7, video.service", figures: ["180 %"] }]);
  assert.deepEqual(lists.memory, [{ id: "8", name: "java", note: "pid 8, anna", figures: ["2.0 GiB"] }]);
  assert.deepEqual(lists.waiting, [{ id: "9", name: "rsync", note: "pid 9, in nfs_wait", figures: ["5"] }]);
  assert.deepEqual(lists.groups, [{ id: "unit video.service", name: "video.service", note: "service", figures: ["3", "n/a", "1.0 MiB"] }]);
});

test("kernel threads are no user", () => {
  const { lists } = culprits(busy({ groups: [{ name: "kernel threads", kind: "user", cpu_percent: 1, rss_bytes: 0, processes: 60 }] }), AT);
  assert.deepEqual([lists.groups[0].name, lists.groups[0].note], ["kernel threads", ""]);
});

test("a place that is not told is left empty", () => {
  const { lists } = culprits(busy({ blocked: [{ pid: 9, name: "rsync", waits_in: null, threads: 1 }] }), AT);
  assert.deepEqual(lists.waiting[0], { id: "9", name: "rsync", note: "pid 9", figures: ["1"] });
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

test("who came and went is told among the others, by who started them", () => {
  const busied = busy({
    by_cpu: [{ pid: 7, name: "ffmpeg", cpu_percent: 90 }, { pid: 8, name: "make", cpu_percent: 20 }],
    short_lived: { cpu_percent: 182, by: [{ pid: 4711, name: "bash", cpu_percent: 170 }, { pid: 4712, name: "sh", cpu_percent: 10 }, { pid: 4713, name: "cron", cpu_percent: 9.9 }] },
  });
  const { lists, extra } = culprits(busied, AT);
  assert.deepEqual(lists.cpu.map(({ name, figures }) => [name, ...figures]), [
    ["started by bash", "170 %"], ["ffmpeg", "90 %"], ["make", "20 %"], ["started by sh", "10 %"],
  ]);
  assert.equal(lists.cpu[0].note, "gone again, pid 4711");
  assert.equal(extra, "");
});

test("a name of who started others is taken as it is", () => {
  const found = busy({ short_lived: { cpu_percent: 90, by: [{ pid: 1, name: "$& {}", cpu_percent: 90 }] } });
  assert.equal(culprits(found, AT).lists.cpu[0].name, "started by $& {}");
});

test("what came and went beside those who are listed is told where it is much", () => {
  assert.equal(culprits(busy(), AT).extra, "");
  const many = busy({ short_lived: { cpu_percent: 310.2, by: [{ pid: 1, name: "make", cpu_percent: 9 }] } });
  assert.equal(culprits(many, AT).extra, "Processes that came and went used 310 %.");
  const both = busy({ short_lived: { cpu_percent: 310.2, by: [{ pid: 1, name: "make", cpu_percent: 110 }] } });
  assert.equal(culprits(both, AT).extra, "Processes that came and went used 200 % besides.");
});

test("who has ended is told as gone, and whose job it was", () => {
  const { cpu } = culprits(busy({ by_cpu: [{ pid: 7, name: "cc1", unit: "ci.service", job: "make", gone: true, cpu_percent: 90 }] }), AT).lists;
  assert.equal(cpu[0].note, "gone now, pid 7, of make, ci.service");
});

test("a part is not shown as the whole: what is hidden is told, with the reason", () => {
  const hidden = busy({ tasks: { processes: 2, blocked: 0 }, hidden_tasks: 185, hidden_reason: "hidepid" });
  const { line, empty } = culprits(hidden, AT);
  assert.match(line, /^2 processes seen at \S+.*; 185 tasks cannot be seen from here \(hidepid\); CPU over 15 s\.$/);
  assert.deepEqual(empty.waiting, "Nothing that can be seen waits.");
  assert.deepEqual(empty.cpu, "Nothing that can be seen uses much CPU.");
  const untold = busy({ tasks: { processes: 1 }, hidden_tasks: null, hidden_reason: "a container" });
  assert.match(culprits(untold, AT).line, /^1 process seen at .*; some tasks cannot be seen from here \(a container\); /);
  const whole = busy({ hidden_tasks: 0, hidden_reason: "hidepid" });
  assert.match(culprits(whole, AT).line, /^Looked at 120 processes at /);
  assert.equal(culprits(whole, AT).empty.waiting, "Nothing waits.");
});

test("that nobody was found waiting does not mean that nothing waits", () => {
  assert.equal(culprits(busy({ tasks: { processes: 9, blocked: 4 } }), AT).empty.waiting, "4 tasks wait; which was not seen.");
  assert.equal(culprits(busy({ tasks: { processes: 9, blocked: 0.4 } }), AT).empty.waiting, "Nothing waits.");
});

test("that who uses the CPU cannot be seen is told before what came and went", () => {
  const found = busy({ unseen: "who uses it cannot be seen from here (hidepid)", short_lived: { cpu_percent: 300, by: [] } });
  assert.equal(culprits(found, AT).extra, "Who uses it cannot be seen from here (hidepid).");
});

test("memory that no process holds stands among those who hold much", () => {
  const found = busy({
    by_memory: [{ pid: 8, name: "loadmon-web", user: "loadmon", rss_bytes: 2 ** 27 }],
    holders: [{ name: "tmpfs and shared memory", bytes: 28 * 2 ** 30 }],
  });
  assert.deepEqual(culprits(found, AT).lists.memory, [
    { id: "tmpfs and shared memory", name: "tmpfs and shared memory", note: "", figures: ["28.0 GiB"] },
    { id: "8", name: "loadmon-web", note: "pid 8, loadmon", figures: ["128.0 MiB"] },
  ]);
});

test("of more rows than there is room for the last one tells how many are left out", () => {
  const blocked = Array.from({ length: 12 }, (_, pid) => ({ pid, name: "rsync", waits_in: null, threads: 1 }));
  const { waiting } = culprits(busy({ blocked }), AT).lists;
  assert.equal(waiting.length, 5);
  assert.deepEqual(waiting.at(-1), { id: "more", name: "and 8 more", note: "", figures: [""] });
});

test("the groups at work this second are told, that there are none, and nothing where nobody knows", () => {
  const groups = [{ name: "nginx.service", kind: "service", user: "", cpu_percent: 41.5 }, { name: "session", kind: "session", user: "anna", cpu_percent: 12 }];
  assert.equal(atWork(groups), "At work now: nginx.service 42 % of a core, session of anna 12 %.");
  assert.equal(atWork([]), "At work now: no service, container or session.");
  assert.equal(atWork(null), "");
  assert.equal(atWork(undefined), "");
});

test("groups that use about the same keep their places, and who uses notably more moves up", () => {
  const of = (figures) => Object.entries(figures).map(([name, used]) => ({ name, kind: "service", user: "", cpu_percent: used }));
  const names = (groups) => groups.map(({ name }) => name);
  const first = steady([], of({ a: 40, b: 30, c: 3 }));
  assert.deepEqual(names(first), ["a", "b", "c"]);
  const second = steady(first, of({ b: 44, a: 40, d: 5, c: 4 }));
  assert.deepEqual(names(second), ["a", "b", "c", "d"]);
  assert.deepEqual(names(steady(second, of({ c: 90, d: 50, b: 20 }))), ["c", "d", "b"]);
  assert.deepEqual(steady(second, []), []);
});

test("groups of one name are told apart by kind and user", () => {
  const [anna, ben] = ["anna", "ben"].map((user) => ({ name: "session", kind: "session", user, cpu_percent: 10 }));
  assert.deepEqual(steady([ben, anna], [anna, ben]), [ben, anna]);
});
