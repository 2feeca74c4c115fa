// When a machine was overloaded, how often and how long, in words: as the server tells it, the same for every range.

import { count, duration, load, percent } from "../page/format.js";
import { failureWords, moment, widthWords } from "./words.js";

const NOUNS = { cpu_percent: "CPU", pressure_io_full_percent: "full I/O pressure", pressure_memory_full_percent: "full memory pressure" };

/** "load up to 7.20 on 2 cores", "CPU up to 99 %"; "" for what has no word. */
function reachedWords({ metric, worst, limit }) {
  if (metric === "load1") return `load up to ${load(worst)} on ${count(limit)} ${limit === 1 ? "core" : "cores"}`;
  return NOUNS[metric] ? `${NOUNS[metric]} up to ${percent(worst)}` : "";
}

/** How long an episode was; of one that is told by buckets, how exactly, and for how long it was so for certain. */
function lengthWords({ seconds, least_seconds: least, resolution_seconds: resolution }) {
  if (!resolution) return duration(seconds * 1000);
  return `${duration(seconds * 1000)} by ${widthWords(resolution)} means, ${duration(least * 1000)} at least`;
}

/** "12:40 to 13:05 (25 min; load up to 7.20 on 2 cores; alerts then: Load, CPU)". */
function episodeWords(one, ongoing, now) {
  const when = ongoing ? `since ${moment(one.start_at, now)}` : `${moment(one.start_at, now)} to ${moment(one.end_at, one.start_at)}`;
  const titles = [...new Set(one.alerts.map(({ title }) => title))];
  const alerts = titles.length ? `${titles.length === 1 ? "alert" : "alerts"} then: ${titles.join(", ")}` : "";
  return `${when} (${[lengthWords(one), ...one.reached.map(reachedWords), alerts].filter(Boolean).join("; ")})`;
}

/** {text, last}: what the server's answer says of a span, and the bounds of the last episode; text "" where nothing is kept. */
export function overloadWords(answer, now) {
  if (answer.oldest_at === null) return { text: "", last: null };
  const { count: times, last, ongoing, unknown_seconds: unknown, total_seconds: total } = answer;
  const often = times === 1 ? "once" : `${times.toLocaleString("en-GB")} times`;
  const lead = times ? `Overloaded ${often} in this span${times === 1 ? "" : `, ${duration(total * 1000)} in all`}` : "Not overloaded in this span";
  const tail = last ? `${ongoing ? "still" : "last"} ${episodeWords(last, ongoing, now)}` : "nor ever before, as far as is kept";
  const lacking = unknown >= 1 ? ` Of ${duration(unknown * 1000)} of it nothing is known.` : "";
  return { text: `${lead}; ${tail}.${lacking}`, last: last && { start: last.start_at, end: last.end_at } };
}

/** What stands there when the server did not answer. */
export function overloadFailure(failure) {
  return `When it was overloaded cannot be told: ${failureWords(failure)}`;
}
