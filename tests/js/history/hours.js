// A span of hourly means of load1 for the tests of history, and its time.

import { Span } from "../../../static/monitor/js/history/span.js";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const local = (...parts) => new Date(...parts).getTime();
export const NOW = local(2026, 10, 24, 12, 0);

export function span(means, start = NOW - means.length * HOUR) {
  return new Span({
    host: "a", start_at: start, end_at: start + means.length * HOUR, resolution_seconds: 3600, times: means.map((_, i) => start + i * HOUR),
    series: { load1: { mean: means, low: means, high: means } },
  });
}
