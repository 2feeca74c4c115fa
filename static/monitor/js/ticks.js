// Round local times for a time axis, right across changes of daylight saving time.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
];

/** The smallest step (ms) that puts at most `most` ticks on a span. */
export function stepFor(span, most) {
  const wanted = span / Math.max(1, most);
  return STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / (24 * HOUR)) * 24 * HOUR;
}

function localMidnight(at) {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day;
}

/** The next tick after `tick`: by the calendar from one hour up, where a day may have 23 or 25 hours. */
function following(tick, step) {
  if (step < HOUR) return tick + step;
  const next = new Date(tick);
  if (step >= 24 * HOUR) next.setDate(next.getDate() + Math.round(step / (24 * HOUR)));
  else next.setHours(next.getHours() + step / HOUR);
  return next.getTime() > tick ? next.getTime() : tick + step;
}

/** Times of the ticks between min and max, at round local times, at most `most` of them or so. */
export function ticks(min, max, most) {
  if (!(max > min)) return [];
  const step = stepFor(max - min, most);
  const found = [];
  let tick = localMidnight(min).getTime();
  if (step < HOUR) tick += Math.floor((min - tick) / step) * step;
  while (tick <= max) {
    if (tick >= min) found.push(tick);
    tick = following(tick, step);
  }
  return found;
}
