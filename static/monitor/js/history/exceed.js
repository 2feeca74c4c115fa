// When a load was above the cores, how long, and how often: read from the means of a span.

import { count, duration, load } from "../page/format.js";
import { moment, widthWords } from "./words.js";

/** Stretches {start, end, peak} in which `name` was above `limit`, oldest first; a hole of one bucket ends none. */
export function stretches(span, name, limit) {
  const found = [];
  const half = span.widthMs / 2;
  for (const { x, y } of span.points(name)) {
    if (!(y > limit)) continue;
    const last = found[found.length - 1];
    if (last && x - half - last.end <= span.widthMs) {
      last.end = x + half;
      last.peak = Math.max(last.peak, y);
    } else {
      found.push({ start: x - half, end: x + half, peak: y });
    }
  }
  return found.map((one) => ({ ...one, start: Math.max(one.start, span.start), end: Math.min(one.end, span.end) }));
}

/** The last bucket {start, end, peak} whose highest value was above `limit`, though its mean need not be; or null. */
function lastTouch(span, name, limit) {
  const half = span.widthMs / 2;
  const touch = span.ranges(name).findLast(({ high }) => high > limit);
  return touch ? { start: Math.max(span.start, touch.x - half), end: Math.min(span.end, touch.x + half), peak: touch.high } : null;
}

/** {text, last}: one sentence on the load above the cores, and the last stretch of it; text "" where cores are not known. */
export function exceedWords(span, cores, now) {
  if (!(cores > 0) || span.empty) return { text: "", last: null };
  const above = `the ${count(cores)} ${cores === 1 ? "core" : "cores"}`;
  const found = stretches(span, "load1", cores);
  if (!found.length) return touchWords(span, cores, above, now);
  const last = found[found.length - 1];
  const whole = found.reduce((sum, { start, end }) => sum + end - start, 0);
  const times = found.length === 1 ? "once" : `${found.length} times`;
  const since = span.end - last.end < span.widthMs && now - span.end < 2 * span.widthMs;
  const when = since ? `still since ${moment(last.start, now)}` : `last ${moment(last.start, now)} to ${moment(last.end, last.start)}`;
  const total = found.length === 1 ? "" : `, ${duration(whole)} in all`;
  const lead = span.resolution < 60 ? "Load was" : `By its ${widthWords(span.resolution)} means, load was`;
  return { text: `${lead} above ${above} ${times}${total}; ${when} (${duration(last.end - last.start)}).`, last };
}

function touchWords(span, cores, above, now) {
  const last = lastTouch(span, "load1", cores);
  if (!last) return { text: `Load was not above ${above} in this span.`, last: null };
  const width = widthWords(span.resolution);
  return { text: `No ${width} mean of the load was above ${above}, but single values were, last within the ${duration(span.widthMs)} from ${moment(last.start, now)} (up to ${load(last.peak)}).`, last };
}
