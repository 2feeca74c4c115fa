// What the load-test card says of a drill, and of which alert the server must hear; values in, text out.

import { duration } from "../page/format.js";

/** What ticking "prove" means for one kind of test; `offer` is {rule, seconds, receivers, problem} of the first paint. */
export function offerNote({ rule, promised, receivers, problem }) {
  if (problem) return problem;
  const fires = `${rule} must fire within ${duration(Math.ceil(promised) * 1000)}`;
  if (receivers.length) return `${fires}, and each receiver that is ticked must get the message.`;
  return `${fires}. No receiver wants the messages of drills, so only the alert is proven.`;
}

/**
 * What stands beside the seconds: {text, short, wrong}. short: too few to be sure of an alert; wrong: and a drill must be sure.
 * `seconds` is NaN while no number is there.
 */
export function secondsNote({ rule, promised, problem }, seconds, proving) {
  if (problem) return { text: "", short: false, wrong: false };
  const needed = Math.ceil(promised);
  const short = seconds < needed;
  const text = `${rule} promises to fire within ${needed} s`;
  if (!short) return { text: `${text}.`, short, wrong: false };
  if (proving) return { text: `${text}: give a drill at least ${needed} seconds, not ${seconds}.`, short, wrong: true };
  return { text: `Too short to be sure of an alert: ${text}.`, short, wrong: false };
}

/** What a drill has to prove, as a sentence before the start. */
export function proofSentence(rule, receivers) {
  const told = receivers.length ? ` and ${list(receivers)} ${receivers.length === 1 ? "gets" : "get"} the message` : "";
  return `It passes if ${rule} fires in time${told}.`;
}

/** What a drill that runs waits for. */
export function waitingFor(test) {
  if (test.alert !== null) return "The alert has fired; waiting for its messages.";
  return `${test.rule ?? "The rule"} must fire within ${duration(Math.ceil(test.promised_seconds ?? 0) * 1000)}.`;
}

/** How a drill ended: {word, icon, outcome, lines}; null for what is no drill, or proved nothing. */
export function outcome(test) {
  if (!test.expects_alert || typeof test.passed !== "boolean") return null;
  const word = test.passed ? "Passed" : "Failed";
  const [first = "", ...rest] = test.report.split("\n");
  return {
    word,
    icon: test.passed ? "ok" : "critical",
    outcome: word.toLowerCase(),
    lines: [first.replace(`${word}: `, ""), ...rest].filter(Boolean),
  };
}

/** Tells the server, once for each, that the alert which a drill expects is shown here. */
export class Witness {
  #told = new Set();

  /** @param {(frame: object) => boolean} send whether the frame went out */
  tell(open, test, send) {
    if (test?.state !== "running" || !test.expects_alert) return;
    for (const alert of open) {
      const expected = alert.is_test && alert.rule === test.rule && alert.fired_at >= test.started_at;
      if (expected && !this.#told.has(alert.id) && send({ type: "seen", alert: alert.id })) this.#told.add(alert.id);
    }
  }
}

function list(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
