import assert from "node:assert/strict";
import { test } from "node:test";

import { Witness, offerNote, outcome, proofSentence, secondsNote, waitingFor } from "../../../static/monitor/js/loadtests/drill.js";
import { loadTestAnnouncement, question, view } from "../../../static/monitor/js/loadtests/loadtest.js";

const OFFER = { rule: "CPU", promised: 97.6, seconds: 120, receivers: ["ops"], problem: "" };
const RUNNING = {
  id: 1, state: "running", kind: "cpu", requested_by: "ann", started_at: 0, ends_at: 120_000, seconds: 120, workers: 2,
  expects_alert: true, rule: "CPU", promised_seconds: 97.6, receivers: ["ops"], alert: null, passed: null, report: "",
};
const REPORT = "Passed: CPU fired within the 98 s that it promises.\nThreshold crossed t+91.2 s.\nops: mail accepted +1.4 s.";
const ALERT = { id: 7, rule: "CPU", is_test: true, fired_at: 5000 };

test("what a drill proves is said before it is asked for", () => {
  assert.equal(offerNote(OFFER), "CPU must fire within 1 min 38 s, and each receiver that is ticked must get the message.");
  assert.match(offerNote({ ...OFFER, receivers: [] }), /No receiver wants the messages of drills, so only the alert is proven\.$/);
  assert.equal(offerNote({ ...OFFER, problem: "No rule is switched on." }), "No rule is switched on.");
});

test("beside the seconds stands what the rule promises, and that they are too few", () => {
  assert.deepEqual(secondsNote(OFFER, 98, true), { text: "CPU promises to fire within 98 s.", short: false, wrong: false });
  const plain = { text: "Too short to be sure of an alert: CPU promises to fire within 98 s.", short: true, wrong: false };
  assert.deepEqual(secondsNote(OFFER, 60, false), plain);
  const drill = { text: "CPU promises to fire within 98 s: give a drill at least 98 seconds, not 60.", short: true, wrong: true };
  assert.deepEqual(secondsNote(OFFER, 60, true), drill);
  assert.equal(secondsNote(OFFER, NaN, true).wrong, false);
  assert.equal(secondsNote({ ...OFFER, problem: "No rule is switched on." }, 1, true).text, "");
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

test("a drill that failed says so, also where it could not be carried out", () => {
  const told = outcome({ ...RUNNING, state: "failed", passed: false, report: "The sampler ended during the test." });
  assert.deepEqual([told.word, told.icon, told.lines], ["Failed", "critical", ["The sampler ended during the test."]]);
});

test("a cancelled drill is told like any cancelled test", () => {
  assert.equal(view({ ...RUNNING, state: "cancelled", report: "Cancelled after 9.0 s." }, 0).text, "Cancelled (2 min on 2 cores by ann). Cancelled after 9.0 s.");
  assert.equal(outcome({ ...RUNNING, expects_alert: false, passed: true }), null);
});

test("the end of a drill is announced with its verdict", () => {
  const over = { ...RUNNING, state: "finished", passed: true, report: REPORT };
  assert.match(loadTestAnnouncement(RUNNING, over), /^Drill passed\. CPU fired within the 98 s that it promises\. Threshold/);
});

test("the server is told once of the alert that the drill expects", () => {
  const sent = [];
  const witness = new Witness();
  for (let turn = 0; turn < 2; turn += 1) witness.tell([ALERT], RUNNING, (frame) => sent.push(frame) > 0);
  assert.deepEqual(sent, [{ type: "seen", alert: 7 }]);
});

test("a frame that could not go out is sent again", () => {
  const answers = [false, true, true];
  const witness = new Witness();
  for (let turn = 0; turn < 3; turn += 1) witness.tell([ALERT], RUNNING, () => answers.shift());
  assert.equal(answers.length, 1);
});

test("no other alert is told, and none without a drill", () => {
  const witness = new Witness();
  const never = () => assert.fail("told");
  for (const other of [{ is_test: false }, { rule: "Load" }, { fired_at: -1 }]) witness.tell([{ ...ALERT, ...other }], RUNNING, never);
  for (const idle of [null, { ...RUNNING, expects_alert: false }, { ...RUNNING, state: "finished" }]) witness.tell([ALERT], idle, never);
});
