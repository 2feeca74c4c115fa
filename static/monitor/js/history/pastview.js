// What the charts show of a span of the past, made of an answer of the server.

import { gapBands } from "../charts/gaptext.js";
import { weekday } from "../page/format.js";
import { boundsWords, moment } from "./words.js";

const DAY_MS = 86400000;

/** The view of a span; `model` knows the host and its rules. */
export function pastView(span, answer, { host, rules, clock }) {
  const { start, end, limit } = span;
  const now = clock.now();
  const seconds = span.resolution < 60;
  const short = end - start < DAY_MS;
  return {
    isPast: true,
    source: span,
    start,
    end,
    limit,
    rules,
    now,
    gaps: gapBands(answer.gaps),
    episodes: answer.alerts,
    leftOut: answer.alerts_left_out,
    openCount: answer.alerts.filter(({ resolved_at: at }) => at === null).length,
    tests: answer.load_tests,
    cores: host.cores,
    current: span.means(),
    rest: "mean",
    label: boundsWords(span, now),
    timeOf: (at) => `${weekday(at)} ${moment(at, short ? at : 0, seconds)}`,
  };
}
