// What the back-test panel asks and says: pure, so that it can be tested without a page.

import { count, dayTime, duration, inUnit, threshold, zone } from "../../page/format.js";

export const MOST_ROWS = 50;
const DAY = 86400000;
const NO_THRESHOLDS = "Type both thresholds to see what they would have done.";
const OUT_OF_REACH = "900000000000000";

/** A number as the API takes it, "75" for the "75.0" that a form shows; anything else as it was typed. */
function plain(text) {
  const number = Number(text);
  return text !== "" && Number.isFinite(number) ? String(number) : text;
}

function typed(numbers, name) {
  return String(numbers[name] ?? "").trim();
}

/** How much of a rule is there: "none" without a metric, "metric" without both thresholds, else "all". */
export function completeness(numbers) {
  if (!typed(numbers, "metric")) return "none";
  return typed(numbers, "threshold") && typed(numbers, "clear_threshold") ? "all" : "metric";
}

/** The query for the numbers as they are typed; thresholds that are missing are put out of reach. `fields`: what each stands for where it is empty. */
export function query(fields, numbers, host, days) {
  const whole = completeness(numbers) === "all";
  const far = outOfReach(numbers);
  const tried = whole ? numbers : { ...numbers, threshold: far, clear_threshold: far };
  const asked = { host, metric: "", days };
  for (const [name, empty] of Object.entries(fields)) {
    const value = typeof empty === "boolean" ? String(Boolean(tried[name])) : plain(typed(tried, name) || String(empty ?? ""));
    if (value && (whole || !name.startsWith("critical_"))) asked[name] = value;
  }
  return new URLSearchParams(asked).toString();
}

function outOfReach({ comparison, statistic }) {
  if (statistic === "share") return "100";
  return comparison === "below" ? `-${OUT_OF_REACH}` : OUT_OF_REACH;
}

/** An answer without thresholds: the metric and the suggestion, nothing that would have fired. */
export function preview(answer) {
  return { ...answer, threshold: null, clear: null, critical_threshold: null, rule_sentence: "", sentence: NO_THRESHOLDS, notes: [], count: 0, episodes: [] };
}

/** The unit of what was judged: a share of time is in percent whatever its metric is in. */
export function judgedUnit({ statistic }, unit) {
  return statistic === "share" ? "percent" : unit;
}

/** "Suggested: threshold 95 %, clear 83 %. ..." for an answer of the API. */
export function suggestion({ suggested_threshold: fires, suggested_clear_threshold: clears, no_suggestion: none, comparison }, unit, perCore) {
  if (fires === null) return none;
  const each = perCore ? " per core" : "";
  const side = comparison === "below" ? "above" : "below";
  return (
    `Suggested: threshold ${threshold(fires, unit)}${each}, clear ${threshold(clears, unit)}${each}. ` +
    `For 99 % of the last week the judged value was at or ${side} this threshold.`
  );
}

/** The lines of the chart: where it fires, clears and becomes critical; none for a share of time, which is another quantity. */
export function lines({ threshold: fires, clear: clears, critical_threshold: critical = null, comparison, statistic }, severity, unit) {
  if (statistic === "share") return [];
  const found = [];
  const side = comparison === "below" ? "above" : "below";
  if (clears !== null && clears !== fires) found.push({ value: clears, severity: "info", text: `clears ${side} ${threshold(clears, unit)}` });
  if (fires !== null) found.push({ value: fires, severity, text: `fires at ${threshold(fires, unit)}` });
  if (critical !== null) found.push({ value: critical, severity: "critical", text: `critical at ${threshold(critical, unit)}` });
  return found.sort((a, b) => a.value - b.value);
}

/** The would-be alerts as bands of the chart, none shorter than `least` ms, which can still be seen. */
export function bands({ episodes, end_at: end }, severity, least) {
  return episodes.map(({ fired_at: fired, resolved_at: resolved, severity: worst }) => ({
    start: fired,
    end: Math.max(resolved ?? end, fired + least),
    severity: worst === "critical" ? worst : severity,
  }));
}

function lasted({ fired_at: fired, resolved_at: resolved, last_seen_at: seen, end_observed: observed }, end) {
  if (resolved === null) return `${duration(end - fired)}, still`;
  return observed ? duration(resolved - fired) : `at least ${duration(seen - fired)}`;
}

/** The newest would-be alerts as rows of text, newest first. */
export function rows({ episodes, end_at: end }, unit) {
  return episodes
    .slice(-MOST_ROWS)
    .reverse()
    .map((one) => [
      dayTime(one.fired_at, end),
      one.resolved_at === null ? "not yet" : one.end_observed ? dayTime(one.resolved_at, end) : "not observed",
      lasted(one, end),
      inUnit(one.peak, unit),
    ]);
}

/** The title of the list: "7 alerts", "The newest 50 of 118 alerts". */
export function listTitle({ count: all, episodes }) {
  const shown = Math.min(MOST_ROWS, episodes.length);
  if (all > shown) return `The newest ${shown} of ${count(all)} alerts that would have fired`;
  return all === 1 ? "The one alert that would have fired" : `The ${count(all)} alerts that would have fired`;
}

/** What stands under the chart. */
export function caption(label, { resolution_seconds: width, start_at: start, end_at: end }) {
  const days = Math.round((end - start) / DAY);
  return (
    `${label} over ${days} ${days === 1 ? "day" : "days"}: the mean of each ${duration(width * 1000)} as a line, its lowest and highest value ` +
    `as a band around it. The coloured bands are the alerts that would have been. Times: ${zone()}.`
  );
}
