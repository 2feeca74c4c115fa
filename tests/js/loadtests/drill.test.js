// Drills: what is promised, shown and proven.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Witness, offerNote, outcome, secondsNote } from "../../../static/monitor/js/loadtests/drill.js";

const OFFER = { rule: "CPU", promised: 97.6, seconds: 120, receivers: ["ops"], problem: "" };

const RUNNING = {
  id: 1, state: "running", kind: "cpu", requested_by: "ann", started_at: 0, ends_at: 120_000, seconds: 120, workers: 2,
  expects_alert: true, rule: "CPU", promised_seconds: 97.6, receivers: ["ops"], alert: null, passed: null, report: "",
};
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

test("a drill that failed says so, also where it could not be carried out", () => {
  const told = outcome({ ...RUNNING, state: "failed", passed: false, report: "The sampler ended during the test." });
  assert.deepEqual([told.word, told.icon, told.lines], ["Failed", "critical", ["The sampler ended during the test."]]);
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
