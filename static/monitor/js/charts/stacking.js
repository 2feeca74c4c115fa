// Series stacked upon each other: each drawn between the sum of those below it and its own top.

/**
 * Layers of parallel point lists [{x, y}...]: for each the points of its top, and the ranges {x, low, high} between.
 * A time that one of the series lacks is left out of all: a stack with a hole would lie.
 */
export function stacked(lists) {
  const shown = lists.filter((points) => points.length);
  const counts = new Map();
  for (const points of shown) for (const { x } of points) counts.set(x, (counts.get(x) ?? 0) + 1);
  const base = new Map();
  return lists.map((points) => {
    const top = [];
    const between = [];
    for (const { x, y, ...rest } of points) {
      if (counts.get(x) !== shown.length) continue;
      const low = base.get(x) ?? 0;
      base.set(x, low + y);
      top.push({ x, y: low + y, ...rest });
      between.push({ x, low, high: low + y, ...rest });
    }
    return { top, between };
  });
}

/** The range {x, low, high} of a layer where it is thickest, away from the ends of it where others are as thick; null for none. */
export function widest(ranges) {
  const middle = (ranges.length - 1) / 2;
  let best = null;
  ranges.forEach(({ low, high }, i) => {
    const thick = high - low;
    const away = Math.abs(i - middle);
    if (best === null || thick > best.thick || (thick === best.thick && away < best.away)) best = { i, thick, away };
  });
  return best && best.thick > 0 ? ranges[best.i] : null;
}

/** What of a layer is its own all the time from `start` to `end`, {low, high}; null where nothing is, or it does not last so long. */
export function lasting(ranges, start, end) {
  if (!ranges.length || ranges[0].x > start || ranges.at(-1).x < end) return null;
  const between = ranges.filter(({ x }) => x >= start && x <= end);
  const low = Math.max(...between.map((range) => range.low));
  const high = Math.min(...between.map((range) => range.high));
  return between.length && high > low ? { low, high } : null;
}
