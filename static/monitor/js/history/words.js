// What the page says about a span of the past: its bounds, its buckets, its gaps, and what went wrong.

import { gapReason } from "../charts/gaptext.js";
import { clockTime, date, duration, minuteTime, year } from "../page/format.js";
import { rangeName } from "../page/range.js";
import { tierWord } from "../page/vocabulary.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

/** "1-s", "10-min", "6-h", "2-day". */
export function widthWords(seconds) {
  if (seconds < MINUTE) return `${seconds}-s`;
  if (seconds < HOUR) return `${seconds / MINUTE}-min`;
  return seconds < DAY ? `${seconds / HOUR}-h` : `${seconds / DAY}-day`;
}

/** "10-min means, band from lowest to highest", how they mostly were in a window, or "single samples" where no bucket holds more than one. */
export function bucketWords(seconds, interval, windowMs = 0) {
  if (seconds <= interval) return "single samples";
  const means = `${widthWords(seconds)} means`;
  if (!windowMs) return `${means}, band from lowest to highest`;
  return `${means}, band of 5–95 % of the time${windowMs === seconds * 1000 ? "" : ` in ${widthWords(windowMs / 1000)} windows`}, thin marks for lowest and highest`;
}

/** That a span is kept coarser than it could be shown; "" where it is not. `points`: how many there was room for. */
export function tierWords({ tier, start, end }, points) {
  if (!tier || tier * 1000 < 4 * ((end - start) / points)) return "";
  return `of this time only ${tierWord(tier) ?? widthWords(tier)} means are kept`;
}

/** "12:41" on the day of `beside`, else "23 Nov 12:41", with the year where it differs. */
export function moment(at, beside, seconds = false) {
  const time = seconds ? clockTime(at) : minuteTime(at);
  return date(at, true) === date(beside, true) ? time : `${date(at, year(at) !== year(beside))} ${time}`;
}

/** "24 Nov 11:00 to 11:20", "17 Nov 11:00 to 24 Nov 11:00". */
export function boundsWords({ start, end }, now) {
  const fine = end - start < 10 * MINUTE * 1000;
  const time = fine ? clockTime : minuteTime;
  const dated = (at) => `${date(at, year(at) !== year(now))} ${time(at)}`;
  return date(start, true) === date(end, true) ? `${dated(start)} to ${time(end)}` : `${dated(start)} to ${dated(end)}`;
}

/** That a span is asked for, by the name of its range where it has one. */
export function loadingWords(range, bounds, now) {
  return `Loading ${rangeName(range) ? `the last ${rangeName(range)}` : boundsWords(bounds, now)} ...`;
}

/** A gap in the list: {when, lasted, reason}. */
export function gapRow(gap, now) {
  const length = gap.end - gap.start;
  const note = gap.note && gap.kind !== "clock_stepped" ? ` (${gap.note})` : "";
  const reason = `${gapReason(gap)}${note}`;
  if (gap.kind === "after") return { when: `since ${moment(gap.start, now, true)}`, lasted: "", reason };
  if (length < 1000) return { when: moment(gap.start, now), lasted: "", reason };
  const short = length < 2 * MINUTE * 1000;
  return { when: `${moment(gap.start, now, short)} to ${moment(gap.end, gap.start, short)}`, lasted: duration(length), reason };
}

/** "2 gaps in this span, 5 h 30 min in all": what of them lies in the span. One that goes on is not counted by the second. */
export function gapsSummary(gaps, { start: from, end: to } = { start: -Infinity, end: Infinity }) {
  if (!gaps.length) return "No gaps in this span";
  const number = gaps.length === 1 ? "1 gap" : `${gaps.length} gaps`;
  if (gaps.at(-1).kind === "after") return `${number} in this span, ${gaps.length === 1 ? "not over yet" : "the last not over yet"}`;
  const whole = gaps.reduce((sum, { start, end }) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);
  return `${number} in this span, ${duration(whole)} in all`;
}

/** That alerts of a span are not drawn, up to the link to all of them: "1,234 older alerts are not drawn; zoom in, or"; "" where all are. */
export function leftOutWords(number) {
  if (!(number > 0)) return "";
  const words = number === 1 ? "1 older alert is" : `${number.toLocaleString("en-GB")} older alerts are`;
  return `${words} not drawn; zoom in, or`;
}

/** Said where a span begins before the history of the host does; "" elsewhere. */
export function oldestWords({ start, oldest }, now) {
  return oldest !== null && start < oldest - MINUTE * 1000 ? `nothing is stored from before ${moment(oldest, now)}` : "";
}

/** The line above the charts: bounds, buckets, and what is lacking. */
export function sentence(span, points, interval, now) {
  const [bounds, oldest] = [boundsWords(span, now), oldestWords(span, now)];
  if (span.empty) return `No data from ${bounds}${oldest ? `: ${oldest}` : ""}.`;
  return `${[bounds, bucketWords(span.resolution, interval, span.mostlyMs), tierWords(span, points), oldest].filter(Boolean).join("; ")}.`;
}

/** Why a fetch failed, in one sentence. */
export function failureWords({ status = 0, error = "" }) {
  if (status === 401) return "Your session has ended: log in to see history.";
  if (status === 0) return error === "slow" ? "The server has not answered for 20 s." : "The server cannot be reached just now.";
  return error || `The server could not answer (status ${status}).`;
}
