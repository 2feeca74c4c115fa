// The load-test card: what it takes, asks and tells.

import assert from "node:assert/strict";
import { test } from "node:test";
import { outcome, proofSentence, waitingFor } from "../../../static/monitor/js/loadtests/drill.js";
import { loadTestAnnouncement, parse, question, view, withCurrent } from "../../../static/monitor/js/loadtests/loadtest.js";

const RUNNING = {
  id: 1, state: "running", kind: "cpu", requested_by: "ann", started_at: 0, ends_at: 120_000, seconds: 120, workers: 2,
  expects_alert: true, rule: "CPU", promised_seconds: 97.6, receivers: ["ops"], alert: null, passed: null, report: "",
};
const REPORT = "Passed: CPU fired within the 98 s that it promises.\nThreshold crossed t+91.2 s.\nops: mail accepted +1.4 s.";

test("a load test is asked for within its limits", () => {
  assert.deepEqual(parse("120", "2", { seconds: 600, workers: 2 }), { seconds: 120, workers: 2 });
  for (const seconds of ["0", "601", "1.5", "", "abc", "1e9", "NaN"]) assert.match(parse(seconds, "1", { seconds: 600, workers: 2 }).error, /from 1 to 600/);
  for (const workers of ["0", "4", "", "-1"]) assert.match(parse("5", workers, { seconds: 600, workers: 3 }).error, /from 1 to 3/);
  assert.deepEqual(parse("5", "1", { seconds: 600, workers: 1 }), { seconds: 5, workers: 1 });
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

test("the question before the start names the rule and the receivers", () => {
  const asked = { kind: "cpu", seconds: 120, workers: 2, receivers: ["ops", "hook"] };
  assert.match(question(asked, 2, "db-01", "CPU"), /busy for 2 min\..* It passes if CPU fires in time and ops and hook get the message\.$/);
  assert.equal(proofSentence("CPU", []), "It passes if CPU fires in time.");
  assert.equal(proofSentence("CPU", ["a", "b", "c"]), "It passes if CPU fires in time and a, b and c get the message.");
  assert.doesNotMatch(question({ kind: "cpu", seconds: 5, workers: 1 }, 2, "db-01"), /passes/);
});

test("a test of the disk counts writers", () => {
  assert.match(question({ kind: "cpu", seconds: 5, workers: 2 }, 1.5, "db-01"), /^This keeps all 1\.5 cores of db-01 busy for 5 s\./);
  assert.match(question({ kind: "io", seconds: 60, workers: 1 }, 2, "db-01"), /^This keeps the disk of db-01 busy with 1 writer for 1 min\./);
  const running = { ...RUNNING, kind: "io", expects_alert: false };
  assert.equal(view(running, 30_000).text, "Running by ann on the disk with 2 writers, 1 min 30 s left of 2 min.");
});

test("a drill that runs says what it waits for", () => {
  assert.equal(view(RUNNING, 30_000).text, "Running by ann on 2 cores, 1 min 30 s left of 2 min. CPU must fire within 1 min 38 s.");
  assert.equal(waitingFor({ ...RUNNING, alert: 7 }), "The alert has fired; waiting for its messages.");
});

test("the report of a drill is a verdict and a line for each thing", () => {
  const over = { ...RUNNING, state: "finished", passed: true, report: REPORT };
  const { mode, text, outcome: told } = view(over, 0);
  assert.deepEqual([mode, text], ["over", "(drill of 2 min on 2 cores by ann)"]);
  const early = { ...over, started_at: 1000, ended_at: 37_000 };
  assert.equal(view(early, 0).text, "(drill of 2 min on 2 cores by ann, over after 36 s)");
  assert.deepEqual(told, {
    word: "Passed", icon: "ok", outcome: "passed",
    lines: ["CPU fired within the 98 s that it promises.", "Threshold crossed t+91.2 s.", "ops: mail accepted +1.4 s."],
  });
});

test("a cancelled drill is told like any cancelled test", () => {
  assert.equal(view({ ...RUNNING, state: "cancelled", report: "Cancelled after 9.0 s." }, 0).text, "Cancelled (2 min on 2 cores by ann). Cancelled after 9.0 s.");
  assert.equal(outcome({ ...RUNNING, expects_alert: false, passed: true }), null);
});

test("the end of a drill is announced with its verdict", () => {
  const over = { ...RUNNING, state: "finished", passed: true, report: REPORT };
  assert.match(loadTestAnnouncement(RUNNING, over), /^Drill passed\. CPU fired within the 98 s that it promises\. Threshold/);
});
