// The gaps of the live window: what the samples show to be missing, with the reasons that the server knows.

import { clip } from "./bands.js";
import { findGaps } from "./gaps.js";
import { gapBands, gapText } from "./gaptext.js";

/** What is left of {start, end} where the intervals of `known`, sorted, are taken out. */
function without(gap, known) {
  const left = [];
  let { start } = gap;
  for (const one of known) {
    if (one.end <= start || one.start >= gap.end) continue;
    if (one.start > start) left.push({ ...gap, start, end: one.start });
    start = Math.max(start, one.end);
  }
  return start < gap.end ? [...left, { ...gap, start }] : left;
}

/** `reasons` of the server that touch the window, and what no reason explains of the gaps that were `found`. */
export function explained(found, reasons, { start, end, limit }) {
  const known = gapBands(reasons).filter((reason) => clip(reason, { start, end }));
  const rest = found.flatMap((gap) => {
    const left = without(gap, known);
    const whole = left.length === 1 && left[0].start === gap.start && left[0].end === gap.end;
    return whole ? left : left.filter((one) => one.end - one.start > limit);
  });
  return [...known, ...rest.map((gap) => ({ ...gap, text: gapText(gap) }))].sort((a, b) => a.start - b.start);
}

/** The gaps to list: those of all samples; that nothing was sampled before the first one is none. */
export function listedGaps(samples, reasons, bounds) {
  const found = findGaps(samples.map(({ at, covered }) => ({ x: at, covered })), bounds);
  return explained(found, reasons, bounds).filter(({ kind }) => kind !== "before" && kind !== "empty");
}
