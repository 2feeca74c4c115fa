// The band around the mean of one metric: from its lowest to its highest, or how it mostly was, with the extremes as marks.

import { runs } from "./bands_drawing.js";

function known(value) {
  return value !== null && value !== undefined;
}

/** The points of a column that have data: {x, start, low, high, p5, p95}. */
function pointsOf({ mean, low, high, p5 = [], p95 = [] }, { xs, starts }) {
  return xs.flatMap((x, i) => (known(mean[i]) ? [{ x, start: starts[i], low: low[i] ?? mean[i], high: high[i] ?? mean[i], p5: p5[i], p95: p95[i] }] : []));
}

/** One {x, low, high} a window in its middle, and at both ends of a run; a point whose window tells nothing has its extremes. */
function mostly(run, windowMs) {
  const found = [];
  const range = ({ p5, p95 }, x) => ({ x, low: p5, high: p95 });
  for (let i = 0; i < run.length; ) {
    const point = run[i];
    let last = i;
    while (last + 1 < run.length && Math.floor(run[last + 1].start / windowMs) === Math.floor(point.start / windowMs)) last += 1;
    const alone = run.slice(i, last + 1);
    if (known(point.p5) && known(point.p95)) {
      if (i === 0) found.push(range(point, point.x));
      found.push(range(point, (point.x + run[last].x) / 2));
      if (last === run.length - 1) found.push(range(point, run[last].x));
    } else {
      found.push(...alone.map(({ x, low, high }) => ({ x, low, high })));
    }
    i = last + 1;
  }
  return found;
}

/**
 * {runs: [[{x, low, high}]], marks: [{x, low, high}]} of a column {mean, low, high, p5?, p95?} whose points lie at `xs` and begin
 * at `starts`; holes are longer than `limit`. Without percentiles there are no marks, and no band where it is the mean itself.
 */
export function bandOf(column, { xs, starts, limit, windowMs = 0 }) {
  const points = pointsOf(column, { xs, starts });
  if (!points.some(({ low, high }) => high > low)) return { runs: [], marks: [] };
  const extremes = points.map(({ x, low, high }) => ({ x, low, high }));
  if (!windowMs) return { runs: runs(extremes, limit), marks: [] };
  return { runs: runs(points, limit).map((run) => mostly(run, windowMs)), marks: extremes };
}

/** What a band is, in a few words; `fromMean`: nothing is known of what lay below the mean. */
export function bandWords(windowMs, fromMean = false) {
  if (fromMean) return "mean to highest";
  return windowMs ? "5–95 % of the time, thin: extremes" : "lowest to highest";
}
