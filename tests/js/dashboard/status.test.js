// Notices, verdict, link: the words for each state.

import assert from "node:assert/strict";
import { test } from "node:test";
import { linkAnnouncement, noticeLines, renamedLine, verdictView } from "../../../static/monitor/js/dashboard/status.js";

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

test("a host that was renamed is told for a day", () => {
  const at = new Date(2026, 10, 24, 8, 22, 7).getTime();
  const host = { name: "web2", renamed_from: "web1", renamed_at: at };
  const line = 'The host "web1" is called "web2" since 08:22:07: it is the same machine, with its history.';
  assert.deepEqual([renamedLine(host, at + 60_000), renamedLine(host, at + 86_400_001), renamedLine({ name: "web2" }, at)], [line, "", ""]);
  assert.deepEqual(noticeLines({ state: "running" }, { renamed: line }), [line]);
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

test("a verdict whose sample lies ahead of the clock is not given an age", () => {
  const now = new Date(2026, 10, 24, 8, 0, 0).getTime();
  const view = { link: "stale", seenAt: now + 7_200_000, age: null, now };
  assert.equal(verdictView({ tone: "ok", text: "Fine. All well." }, view).text, "Last seen at 10:00:00, which is ahead of the clock: Fine. All well.");
  assert.equal(verdictView({ tone: "unknown", text: "It lies ahead." }, view).text, "It lies ahead.");
});

test("a sampler of which nobody knows whether it runs is spoken of as such", () => {
  const [line] = noticeLines({ state: "unknown", message: "Whether the sampler runs, is not known.", failing: {} });
  assert.equal(line, "Whether the sampler runs, is not known. If it does not, nothing is watched; on the server .venv/bin/python manage.py doctor tells.");
});

test("only changes of the link that matter are announced", () => {
  assert.equal(linkAnnouncement("live", "stale", 9000), "How old the data are is not known: the newest lie ahead of the clock.");
  assert.equal(linkAnnouncement("connecting", "live"), null);
  assert.equal(linkAnnouncement("live", "live"), null);
  assert.equal(linkAnnouncement("live", "stale"), "The data are stale: no new samples.");
  assert.equal(linkAnnouncement("reconnecting", "live"), "Live again.");
});

test("of a made-up host one sentence says so, and none that its sampler stopped", () => {
  const seenAt = new Date(2026, 10, 24, 8, 22, 7).getTime();
  const shown = verdictView({ tone: "unknown", text: "x" }, { link: "history", seenAt, age: 9, now: seenAt + 60_000, synthetic: true });
  assert.deepEqual([shown.head, shown.text], ["Made-up history.", "Nothing of it was measured. It ends at 08:22:07."]);
  assert.deepEqual(noticeLines({ state: "stopped", message: "It was stopped." }, { synthetic: true }), []);
});

test("a part that keeps ending is told first, on a made-up host too, with what it said where that may be seen", () => {
  const part = { name: "the sampler", sentence: "The sampler keeps ending.", said: null };
  assert.deepEqual(noticeLines({ state: "running" }, { parts: [part] }), ["The sampler keeps ending."]);
  const said = { ...part, said: ["1", "2", "3", "4"] };
  assert.deepEqual(noticeLines({ state: "stopped" }, { parts: [said], synthetic: true }), ["The sampler keeps ending. It last said: 2 | 3 | 4"]);
  assert.deepEqual(noticeLines({ state: "running" }, { parts: [{ ...part, said: [] }] }), ["The sampler keeps ending."]);
});
