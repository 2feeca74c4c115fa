// Zoom and pan as arithmetic on {start, end}, and the stack of what was zoomed into.

import { LEAST_SPAN, LONGEST_SPAN } from "../page/range.js";

/** The span, at least a minute and at most ten years long, and not beyond `now`. */
export function clamped({ start, end }, now) {
  const middle = (start + end) / 2;
  const width = Math.min(LONGEST_SPAN, Math.max(LEAST_SPAN, end - start));
  const last = Math.min(now, middle + width / 2);
  return { start: last - width, end: last };
}

/** The span made `factor` times as long (0.5: closer), with the time `at` staying where it is. */
export function scaled(span, factor, now, at = (span.start + span.end) / 2) {
  const fixed = Math.min(span.end, Math.max(span.start, at));
  const width = Math.min(LONGEST_SPAN, Math.max(LEAST_SPAN, (span.end - span.start) * factor));
  const share = (fixed - span.start) / (span.end - span.start);
  const start = fixed - share * width;
  return clamped({ start, end: start + width }, now);
}

/** The span moved by a share of its length: -0.25 is a quarter earlier. */
export function panned({ start, end }, share, now) {
  const by = (end - start) * share;
  return clamped({ start: start + by, end: end + by }, now);
}

/** The times between two pixels of a drag, in order. */
export function selected(from, to) {
  return { start: Math.min(from, to), end: Math.max(from, to) };
}

/** How deep a page's history entry is zoomed in; `state` is what the browser kept for it. */
export function depth(state) {
  return Number.isInteger(state?.depth) && state.depth > 0 ? state.depth : 0;
}

/** The state of an entry one zoom deeper. */
export function deeper(state) {
  return { depth: depth(state) + 1 };
}
