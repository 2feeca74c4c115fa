// Where a series has no data: stretches between points that lie too far apart.

/** Longest silence in ms that is still drawn as a line: three periods, and never under 5 s. */
export function tolerance(intervalSeconds) {
  return Math.max(3 * intervalSeconds * 1000, 5000);
}

/**
 * Stretches without data between `start` and `end`: [{start, end, kind}], oldest first.
 * kind: "before" (nothing yet), "gap" (inside) or "after" (nothing since).
 */
export function findGaps(points, { start, end, limit }) {
  if (!points.length) return [{ start, end, kind: "empty" }];
  const gaps = [];
  const add = (from, to, kind) => {
    const clipped = { start: Math.max(from, start), end: Math.min(to, end), kind };
    if (clipped.end - clipped.start > 0) gaps.push(clipped);
  };
  if (points[0].x - start > limit) add(start, points[0].x, "before");
  for (let i = 1; i < points.length; i += 1) {
    if (points[i].x - points[i - 1].x > limit) add(points[i - 1].x, points[i].x, "gap");
  }
  const last = points[points.length - 1].x;
  if (end - last > limit) add(last, end, "after");
  return gaps;
}

/** Points with no neighbour within `limit`: a line would not show them, so they are drawn as dots. */
export function lonePoints(points, limit) {
  return points.filter((point, i) => {
    const before = i > 0 && point.x - points[i - 1].x <= limit;
    const after = i < points.length - 1 && points[i + 1].x - point.x <= limit;
    return !before && !after;
  });
}
