// Bands of time on a chart: alerts, load tests; clipped to what is visible, and merged where they crowd.

import { shownSeverity } from "../page/severity.js";
import { rank } from "../page/vocabulary.js";
import { chartOf } from "./series.js";

/** The part of [start, end] inside the window, or null when nothing of it is. */
export function clip(band, window) {
  const start = Math.max(band.start, window.start);
  const end = Math.min(band.end, window.end);
  return end >= start && band.end >= window.start && band.start <= window.end ? { ...band, start, end } : null;
}

/** Bands that touch or lie closer than `distance` become one, with the gravest severity of them. */
export function cluster(bands, distance) {
  const merged = [];
  for (const band of [...bands].sort((a, b) => a.start - b.start)) {
    const last = merged[merged.length - 1];
    if (last && band.start - last.end < distance) {
      last.end = Math.max(last.end, band.end);
      last.count += band.count ?? 1;
      if (rank(band.severity) > rank(last.severity)) last.severity = band.severity;
    } else {
      merged.push({ ...band, count: band.count ?? 1 });
    }
  }
  return merged;
}

/** The bands of one chart for a set of alerts of `metrics`, the catalogue; an open alert reaches to `now`. */
export function alertBands(alerts, chart, now, metrics) {
  return alerts
    .filter((alert) => chartOf(alert.metric, metrics) === chart)
    .map((alert) => ({
      id: alert.id,
      start: alert.fired_at ?? alert.started_at,
      end: alert.resolved_at ?? now,
      severity: shownSeverity(alert),
      open: alert.resolved_at === null,
    }));
}

/** Those of the bands of single alerts that a time lies in, or within `slack` of: the gravest first, of these the newest. */
export function bandsAt(bands, at, slack) {
  return bands.filter(({ start, end }) => at >= start - slack && at <= end + slack).sort((a, b) => rank(b.severity) - rank(a.severity) || b.start - a.start);
}

/** The bands of load tests that ran or run. */
export function testBands(tests, now) {
  return tests
    .filter((test) => test && test.started_at !== null)
    .map((test) => ({ start: test.started_at, end: test.ended_at ?? now }));
}

/** The values of `rules` that lines may stand for: {value, severity, metric, comparison}, the critical one where it judges a metric as it is drawn. */
function limits({ enabled, statistic, comparison, metric, threshold, severity, critical_threshold: critical = null, critical_metric: other = "" }) {
  if (enabled === false) return [];
  const own = statistic === "share" ? [] : [{ value: threshold, severity, metric, comparison }];
  if (critical === null || (statistic === "share" && !other)) return own;
  return [...own, { value: critical, severity: "critical", metric: other || metric, comparison }];
}

/** Thresholds on the metrics called `names`, equal ones once: [{value, severity, metric, comparison}], lowest first. */
export function thresholds(rules, names) {
  const lines = new Map();
  for (const line of rules.flatMap(limits)) {
    if (!names.includes(line.metric) || !Number.isFinite(line.value)) continue;
    const known = lines.get(line.value);
    if (!known || rank(line.severity) > rank(known.severity)) lines.set(line.value, line);
  }
  return [...lines.values()].sort((a, b) => a.value - b.value);
}
