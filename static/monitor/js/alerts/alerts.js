// What alerts say: the banner, the title's badge, the rows of the log, what is announced. Values in, text out.

import { age } from "../page/age.js";
import { clockTime, count, dayTime, duration, inUnit } from "../page/format.js";
import { shownSeverity } from "../page/severity.js";
import { rank, severityWord } from "../page/vocabulary.js";

/** Gravest first, then the newest. */
export function byWeight(alerts) {
  return [...alerts].sort((a, b) => rank(b.severity) - rank(a.severity) || b.fired_at - a.fired_at);
}

/** Every alert once, newest first: the open ones are true, whatever the list of recent ones says. */
export function combined({ open, recent }) {
  const all = new Map(recent.map((alert) => [alert.id, alert]));
  for (const alert of open) all.set(alert.id, alert);
  return [...all.values()].sort((a, b) => b.fired_at - a.fired_at || b.id - a.id);
}

/** The alerts of a span of the past as a set to list: each as it is known now, where that is told at present. */
export function ofSpan(episodes, { open, recent }) {
  const fresh = new Map([...recent, ...open].map((alert) => [alert.id, alert]));
  return { open: [], recent: episodes.map((alert) => fresh.get(alert.id) ?? alert) };
}

/** How many of the alerts are listed: "The newest 20 of 73."; `leftOut`: older ones that were not sent at all. */
export function listedWords(shown, known, leftOut = 0) {
  const all = known + leftOut;
  return all > shown ? `The newest ${shown} of ${all.toLocaleString("en-GB")}.` : "";
}

/** What is said in place of the list where no alert is in it. */
export function noneWords(isPast) {
  return isPast ? "No alert stood in this span." : "No alert has fired yet.";
}

/** What a new set changes: {fired: [...], escalated: [...], recovered: [...]}. */
export function changes(before, after) {
  const was = new Map(before.open.map((alert) => [alert.id, alert]));
  const is = new Set(after.open.map((alert) => alert.id));
  return {
    fired: after.open.filter((alert) => !was.has(alert.id)),
    escalated: after.open.filter((alert) => was.has(alert.id) && rank(alert.severity) > rank(was.get(alert.id).severity)),
    recovered: before.open.filter((alert) => !is.has(alert.id)).map(
      (alert) => after.recent.find((other) => other.id === alert.id) ?? alert,
    ),
  };
}

/** The unit of an alert's numbers: a share of time is in percent whatever its metric is in. */
function unitOf({ metric, statistic }, { metrics }) {
  return statistic === "share" ? "percent" : (metrics[metric]?.unit ?? "");
}

/**
 * An open alert with the value of this second: frames about alerts come on a change only, samples each second.
 * One that judges a mean of 2 minutes is told by that mean; of other windows the last told value stands, and so it does
 * of what is not measured any more: the value of this second is of what is left.
 */
export function withPresent(alert, values, mean) {
  if (alert.unseen) return alert;
  const seconds = alert.window_seconds ?? 0;
  const source = seconds > 0 && (alert.statistic ?? "mean") !== "mean" ? null : { 0: values, 120: mean }[seconds];
  const value = source?.[alert.metric] ?? alert.value;
  const peak = alert.comparison === "below" ? Math.min(alert.peak, value) : Math.max(alert.peak, value);
  return { ...alert, value, peak };
}

/** A number of the alert in the unit of what it judges. */
export function amount(value, alert, words) {
  return inUnit(value, unitOf(alert, words));
}

/** What moves in the banner's line of an open alert; `seenAt` where its values are not of now, but of then. */
export function present(alert, words, now, seenAt = null) {
  const [value, peak] = [alert.value, alert.peak].map((each) => amount(each, alert, words));
  const calm = alert.state === "recovering" ? ", calming down" : "";
  const test = alert.is_test ? ", during a load test" : "";
  if (seenAt !== null) return `last ${value} at ${dayTime(seenAt, now)}, ${alert.peak_word} ${peak}${calm}${test}`;
  if (alert.unseen) return `(${firingFor(alert, now)}), last seen ${value}, ${alert.peak_word} ${peak}${test}. Since ${dayTime(alert.unseen_since, now)}: ${alert.unseen}`;
  return `(${firingFor(alert, now)}), now ${value}, ${alert.peak_word} ${peak}${calm}${test}`;
}

/** How an alert ended, or that it has not. */
function ending(alert, now) {
  if (alert.resolved_at === null || alert.resolved_at === undefined) {
    if (alert.unseen) return "ongoing, not measured";
    return alert.state === "recovering" ? "ongoing, calming down" : "ongoing";
  }
  if (alert.end_observed === false) {
    const from = dayTime(alert.last_seen_at, now);
    return `between ${from} and ${dayTime(alert.resolved_at, now)}, not observed`;
  }
  return dayTime(alert.resolved_at, now);
}

/** The cells of one row of the log. */
export function row(alert, words, now) {
  const open = alert.resolved_at === null || alert.resolved_at === undefined;
  const severity = shownSeverity(alert);
  return {
    id: alert.id,
    open,
    severity,
    word: severityWord(severity),
    rule: alert.rule,
    what: alert.condition,
    fired: dayTime(alert.fired_at, now),
    ended: ending(alert, now),
    lasted: lasted(alert, open, now),
    peak: amount(alert.peak, alert, words),
    peakWord: alert.peak_word,
    last: amount(alert.value, alert, words),
    test: Boolean(alert.is_test),
    over: open ? "" : overWord(alert).toLowerCase(),
    span: surroundings(alert, open ? now : alert.resolved_at),
  };
}

/** The span to look at: the alert with as much again around it, at least 10 minutes on each side; null where a time is not known. */
function surroundings({ started_at: started, fired_at: fired }, end) {
  const start = started ?? fired;
  if (!Number.isFinite(start) || !Number.isFinite(end)) return null;
  const margin = Math.max(600000, (end - start) / 2);
  return { start: start - margin, end: end + margin };
}

function lasted(alert, open, now) {
  if (open) return firingFor(alert, now);
  if (alert.end_observed === false) return `at least ${firingFor(alert, alert.last_seen_at ?? alert.fired_at)}`;
  return firingFor(alert, alert.resolved_at);
}

/** How long it fired until `end`; in whole seconds, as the times that are shown beside it; "n/a" where nobody knows. */
function firingFor({ fired_at: fired }, end) {
  return duration(age(1000 * Math.floor(fired / 1000), 1000 * Math.floor(end / 1000)));
}

/** How an alert that is over came to that: by itself, or because somebody ended it or its rule is gone. */
export function overWord({ ended }) {
  return ended ? "Ended" : "Recovered";
}

/** What a screen reader is told when an alert fires, gets worse or recovers; with the time, or the second one would be silent. */
export function announcement({ fired = [], escalated = [], recovered = [] }, words) {
  const lines = fired.map((alert) => {
    const now = amount(alert.value, alert, words);
    return `Alert fired at ${clockTime(alert.fired_at)}: ${alert.condition}, now ${now}.`;
  });
  for (const alert of escalated) {
    lines.push(`Now ${severityWord(alert.severity).toLowerCase()}: ${alert.condition}, now ${amount(alert.value, alert, words)}.`);
  }
  for (const alert of recovered) {
    const at = alert.resolved_at ? ` at ${clockTime(alert.resolved_at)}` : "";
    lines.push(`${overWord(alert)}${at}: ${alert.condition}.`);
  }
  return lines.join(" ");
}

/** The note of the tile: "1 open: warning", "3 open: 1 critical, 2 warning". */
export function tileNote({ open }) {
  if (!open.length) return "none open";
  const numbers = new Map();
  for (const { severity } of byWeight(open)) numbers.set(severity, (numbers.get(severity) ?? 0) + 1);
  const words = [...numbers].map(([severity, number]) => {
    const word = severityWord(severity).toLowerCase();
    return numbers.size > 1 ? `${count(number)} ${word}` : word;
  });
  return `${count(open.length)} open: ${words.join(", ")}`;
}
