// Where a series has no data: stretches between points that lie too far apart.

/** Whether more than `limit` ms lie between two neighbours that the later one does not speak for (`covered`, where it is known). */
export function apart(before, after, limit) {
  return after.x - (after.covered ?? 0) - before.x > limit;
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
  if (apart({ x: start }, points[0], limit)) add(start, points[0].x - (points[0].covered ?? 0), "before");
  for (let i = 1; i < points.length; i += 1) {
    if (apart(points[i - 1], points[i], limit)) add(points[i - 1].x, points[i].x - (points[i].covered ?? 0), "gap");
  }
  const last = points[points.length - 1].x;
  if (end - last > limit) add(last, end, "after");
  return gaps;
}

/** Where two neighbours lie further apart than `limit`, covered or not: the indexes of the later ones; seldom any. */
function distant(points, limit) {
  const found = [];
  for (let i = 1; i < points.length; i += 1) if (points[i].x - points[i - 1].x > limit) found.push(i);
  return found;
}

/** Points with no neighbour within `limit`: a line would not show them, so they are drawn as dots. */
export function lonePoints(points, limit) {
  if (points.length < 2) return [...points];
  const begins = distant(points, limit).filter((i) => apart(points[i - 1], points[i], limit));
  return [0, ...begins].filter((i, n) => (begins[n] ?? points.length) === i + 1).map((i) => points[i]);
}

/**
 * {data, spanGaps} that let Chart.js break a line exactly where it is apart. By itself it knows distances alone:
 * where a long one is covered, breaks are written into the data.
 */
export function brokenLine(points, limit) {
  const far = distant(points, limit);
  const begins = new Set(far.filter((i) => apart(points[i - 1], points[i], limit)));
  if (begins.size === far.length) return { data: points, spanGaps: limit };
  return { data: points.flatMap((point, i) => (begins.has(i) ? [{ x: point.x, y: NaN }, point] : [point])), spanGaps: false };
}
