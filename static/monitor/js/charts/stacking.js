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
