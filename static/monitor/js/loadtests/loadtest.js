// What the load-test card says and may do; values in, text out.

import { cores as coresText, count, duration } from "../page/format.js";
import { outcome, proofSentence, waitingFor } from "./drill.js";

const OVER = { finished: "Finished", cancelled: "Cancelled", failed: "Failed" };

/** {seconds, workers} of two texts, or {error} with a sentence that names the value; `limits`: the most of both. */
export function parse(secondsText, workersText, limits) {
  const seconds = Number(secondsText);
  const workers = Number(workersText);
  if (!secondsText.trim() || !Number.isInteger(seconds) || seconds < 1 || seconds > limits.seconds) {
    return { error: `Seconds must be a whole number from 1 to ${limits.seconds}, not "${secondsText}".` };
  }
  if (!workersText.trim() || !Number.isInteger(workers) || workers < 1 || workers > limits.workers) {
    return { error: `Cores to load must be a whole number from 1 to ${limits.workers}, not "${workersText}".` };
  }
  return { seconds, workers };
}

/** The question before the start; `rule` is the one that a drill expects. */
export function question({ kind, seconds, workers, receivers }, cores, host, rule = null) {
  const some = workers > cores ? `all ${coresText(cores)}` : `${workers} of ${coresText(cores)}`;
  const what = kind === "io" ? `the disk of ${host} busy with ${writers(workers)}` : `${some} of ${host} busy`;
  const proof = rule === null ? "" : ` ${proofSentence(rule, receivers)}`;
  return (
    `This keeps ${what} for ${duration(seconds * 1000)}. ` +
    `Other work gets slower; alerts that fire meanwhile are marked as a test.${proof}`
  );
}

/** What the card shows for a load test: {mode: "idle"|"busy"|"over", text, share, outcome}; outcome is that of a drill. */
export function view(test, now) {
  if (!test) return { mode: "idle", text: "", share: 0 };
  if (test.state === "requested") return { mode: "busy", text: `Asked for${by(test)}; the sampler is about to start it.`, share: 0 };
  if (test.state === "running") return running(test, now);
  const proven = outcome(test);
  if (proven) return { mode: "over", text: `(drill of ${size(test)}${by(test)}${cutShort(test)})`, share: 1, outcome: proven };
  return { mode: "over", text: report(test), share: 1 };
}

function by(test) {
  return test.requested_by ? ` by ${test.requested_by}` : "";
}

function running(test, now) {
  const total = test.seconds * 1000;
  const end = test.ends_at ?? test.started_at + total;
  const left = Math.min(total, Math.max(0, end - now)); // a start that lies ahead is of before the clock was set back
  const rest = left > 0 ? `${duration(left)} left of ${duration(total)}` : "time is up, its report is to come";
  const drill = test.expects_alert ? ` ${waitingFor(test)}` : "";
  const text = `Running${by(test)} on ${place(test)}, ${rest}.${drill}`;
  return { mode: "busy", text, share: Math.min(1, Math.max(0, 1 - left / total)) };
}

function report(test) {
  const word = OVER[test.state] ?? test.state;
  return `${word} (${size(test)}${by(test)}).${test.report ? ` ${test.report}` : ""}`;
}

function size(test) {
  return `${duration(test.seconds * 1000)} on ${place(test)}`;
}

/** ", over after 36 s" where a test ended before its time, as a drill does once all is proven. */
function cutShort({ started_at: started, ended_at: ended, seconds }) {
  const ran = Number.isFinite(started) && Number.isFinite(ended) ? ended - started : null;
  return ran !== null && ran < seconds * 1000 - 1000 ? `, over after ${duration(ran)}` : "";
}

function place({ kind, workers }) {
  return kind === "io" ? `the disk with ${writers(workers)}` : coresText(workers);
}

function writers(number) {
  return number === 1 ? "1 writer" : `${count(number)} writers`;
}

/** What a screen reader is told when a load test starts or ends; null where nothing did. */
export function loadTestAnnouncement(before, after) {
  if (!after || (before?.id === after.id && before.state === after.state)) return null;
  if (after.state === "running") return "Load test started.";
  const proven = outcome(after);
  if (proven) return `Drill ${proven.outcome}. ${proven.lines.join(" ")}`.trim();
  return after.state in OVER ? `Load test ${OVER[after.state].toLowerCase()}. ${after.report}`.trim() : null;
}

/** The tests to shade, with the current one in its newest state. */
export function withCurrent(tests, current) {
  return current ? [...tests.filter((test) => test.id !== current.id), current] : tests;
}
