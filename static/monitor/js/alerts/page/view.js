// What the chart of one alert shows; values in, values out.

import { bandOf } from "../../charts/band.js";
import { threshold } from "../../page/format.js";
import { shownSeverity } from "../../page/severity.js";

const GAP_WIDTHS = 1.5;
const LEAST_GAP_MS = 5000;

/** Points, ranges, gaps and bounds of an answer of the history API for one metric. */
export function chartData(history, name) {
  const { times, series, resolution_seconds: seconds, percentile_seconds: window = 0, gaps, start_at: start, end_at: end } = history;
  const width = Math.max(seconds * 1000, 1000);
  const { mean } = series[name];
  const limit = Math.max(width * GAP_WIDTHS, LEAST_GAP_MS);
  const middle = (at) => Math.min(end, Math.max(start, at + width / 2));
  const points = times.flatMap((at, i) => (mean[i] === null ? [] : [{ x: middle(at), y: mean[i] }]));
  const none = [{ start, end, text: "no data" }];
  return {
    source: {
      points: () => points,
      band: (line) => (seconds > 1 && line !== "judged" ? bandOf(series[name], { xs: times.map(middle), starts: times, limit, windowMs: window * 1000 }) : { runs: [], marks: [] }),
      mostlyMs: window * 1000,
      fromMean: history.of_member === true,
    },
    start,
    end,
    limit,
    gaps: points.length ? gaps.map((gap) => ({ start: gap.start_at, end: gap.end_at, text: "no data" })) : none,
  };
}

const PARTS_OF_A_WINDOW = 4; // fewer buckets than that say nothing about it

/**
 * What a rule judged at the end of each bucket: the mean, the highest or the lowest of the last `window_seconds`.
 * None of it where the latest value is judged, a share of time, the buckets are too long to tell, or too few are known.
 */
export function judgedPoints({ times, series, resolution_seconds: seconds, end_at: end }, { name, least_coverage: least }, { window_seconds: span = 0, statistic, comparison }) {
  const length = Math.round(span / seconds);
  if (length < PARTS_OF_A_WINDOW || statistic === "share") return [];
  const { mean, low, high } = series[name];
  const below = comparison === "below";
  const source = statistic === "max" ? (below ? low : high) : mean;
  const taken = statistic === "max" ? (known) => (below ? Math.min(...known) : Math.max(...known)) : (known) => known.reduce((sum, value) => sum + value, 0) / known.length;
  return times.flatMap((at, i) => {
    const since = at - (length - 1) * seconds * 1000;
    let first = i;
    while (first > 0 && times[first - 1] >= since) first -= 1;
    const known = source.slice(first, i + 1).filter((value) => value !== null);
    return known.length < least * length ? [] : [{ x: Math.min(end, at + seconds * 1000), y: taken(known) }];
  });
}

/** The band of the alert: from its begin to its end, or to `now`. */
export function alertBand({ fired_at: fired, started_at: started, resolved_at: resolved, ...severities }, now) {
  return { start: fired ?? started, end: resolved ?? now, severity: shownSeverity({ resolved_at: resolved, ...severities }), open: resolved === null };
}

/** The smallest top of the value axis that shows every line and the peak; a share of time has no place on that axis. */
export function leastTop(lines, { peak, statistic }) {
  const values = [...lines.map(({ value }) => value), statistic === "share" ? NaN : peak].filter(Number.isFinite);
  return Math.max(...values, 0) * 1.12 || 1;
}

/** The chart in words, for who cannot see it. */
export function chartWords({ alert, metric, member = null, lines }, ended) {
  const amounts = lines.map(({ text }) => text).join(", ");
  const state = ended ? "The alert is over." : "The alert is open.";
  const judged = metric.judged ? ` Judged is the ${metric.judged}.` : "";
  return `${member ? `${member.name}, how full` : metric.label}: ${amounts}.${judged} ${metric.peak_word[0].toUpperCase()}${metric.peak_word.slice(1)} ${threshold(alert.peak, alert.statistic === "share" ? "percent" : metric.unit)}. ${state}`;
}
