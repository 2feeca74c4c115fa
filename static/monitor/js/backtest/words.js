// What the back-test panel asks and says: pure, so that it can be tested without a page.

import { count, dayTime, duration, inUnit, threshold, zone } from "../format.js";

export const MOST_ROWS = 50;
const WHOLE = ["window_seconds", "for_seconds", "hold_seconds"];
const DAY = 86400000;
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

/** The query for the numbers as they are typed; thresholds that are missing are put out of reach. */
export function query(numbers, host, days) {
  const thresholds = completeness(numbers) === "all" ? numbers : { threshold: OUT_OF_REACH, clear_threshold: OUT_OF_REACH };
  const asked = { host, metric: typed(numbers, "metric"), days };
  for (const name of ["threshold", "clear_threshold"]) asked[name] = plain(typed(thresholds, name));
  for (const name of WHOLE) asked[name] = plain(typed(numbers, name) || "0");
  asked.per_core = String(Boolean(numbers.per_core));
  return new URLSearchParams(asked).toString();
}

/** "Suggested: threshold 95 %, clear 83 %. ..." for an answer of the API. */
export function suggestion({ suggested_threshold: fires, suggested_clear_threshold: clears }, unit, perCore) {
  if (fires === null) return "No threshold is suggested: the last week has less than a day of data, or hardly anything above 0.";
  const each = perCore ? " per core" : "";
  return (
    `Suggested: threshold ${threshold(fires, unit)}${each}, clear ${threshold(clears, unit)}${each}. ` +
    "For 99 % of the last week the judged value was at or below this threshold."
  );
}

/** The two lines of the chart: where it fires and where it clears. */
export function lines({ threshold: fires, clear: clears }, severity, unit) {
  const found = [];
  if (clears !== null && clears !== fires) found.push({ value: clears, severity: "info", text: `clears below ${threshold(clears, unit)}` });
  if (fires !== null) found.push({ value: fires, severity, text: `fires at ${threshold(fires, unit)}` });
  return found;
}

/** The would-be alerts as bands of the chart, none shorter than `least` ms, which can still be seen. */
export function bands({ episodes, end_at: end }, severity, least) {
  return episodes.map(({ fired_at: fired, resolved_at: resolved }) => ({ start: fired, end: Math.max(resolved ?? end, fired + least), severity }));
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
