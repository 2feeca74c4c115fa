// What the chart of one alert shows; values in, values out.

import { shownSeverity } from "../alerts.js";
import { threshold } from "../format.js";

const GAP_WIDTHS = 1.5;
const LEAST_GAP_MS = 5000;

/** Points, ranges, gaps and bounds of an answer of the history API for one metric. */
export function chartData(history, name) {
  const { times, series, resolution_seconds: seconds, gaps, start_at: start, end_at: end } = history;
  const width = Math.max(seconds * 1000, 1000);
  const { mean, low, high } = series[name];
  const middle = (at) => Math.min(end, Math.max(start, at + width / 2));
  const points = times.flatMap((at, i) => (mean[i] === null ? [] : [{ x: middle(at), y: mean[i] }]));
  const ranges = times.flatMap((at, i) => (low[i] === null ? [] : [{ x: middle(at), low: low[i], high: high[i] }]));
  const none = [{ start, end, text: "no data" }];
  return {
    source: { points: () => points, ranges: () => (seconds > 1 ? ranges : []) },
    start,
    end,
    limit: Math.max(width * GAP_WIDTHS, LEAST_GAP_MS),
    gaps: points.length ? gaps.map((gap) => ({ start: gap.start_at, end: gap.end_at, text: "no data" })) : none,
  };
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
export function chartWords({ alert, metric, lines }, ended) {
  const amounts = lines.map(({ text }) => text).join(", ");
  const state = ended ? "The alert is over." : "The alert is open.";
  return `${metric.label}: ${amounts}. ${alert.comparison === "below" ? "Lowest" : "Peak"} ${threshold(alert.peak, alert.statistic === "share" ? "percent" : metric.unit)}. ${state}`;
}
