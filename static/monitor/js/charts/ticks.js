// Round local times for a time axis, right across changes of daylight saving time, and what they are labelled.

import { clockTime, date, minuteTime, month, zoneAt } from "../page/format.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
const YEAR = 360 * DAY;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14].map((n) => n * DAY),
  ...[1, 2, 3, 6].map((n) => n * MONTH),
];

/** The smallest step (ms) that puts at most `most` ticks on a span; 30 days stand for a month, 360 for a year. */
export function stepFor(span, most) {
  const wanted = span / Math.max(1, most);
  return STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / YEAR) * YEAR;
}

function localMidnight(at) {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day;
}

/** A tick at or before `min` that does not depend on where exactly `min` is, so that ticks stay as a span moves on. */
function firstTick(min, step) {
  const day = localMidnight(min);
  if (step >= MONTH) {
    const months = Math.round(step / MONTH);
    return new Date(day.getFullYear(), Math.floor(day.getMonth() / Math.min(12, months)) * Math.min(12, months), 1).getTime();
  }
  if (step >= DAY) {
    const days = Math.round(step / DAY);
    const number = Math.round(Date.UTC(day.getFullYear(), day.getMonth(), day.getDate()) / DAY);
    // Day 4 of 1970 was a Monday: weeks begin there.
    day.setDate(day.getDate() - ((((number - 4) % days) + days) % days));
    return day.getTime();
  }
  const midnight = day.getTime();
  return step < HOUR ? midnight + Math.floor((min - midnight) / step) * step : midnight;
}

/** The next tick after `tick`: by the calendar from one hour up, where days, months and years differ in length. */
function following(tick, step) {
  if (step < HOUR) return tick + step;
  const next = new Date(tick);
  if (step >= MONTH) next.setMonth(next.getMonth() + Math.round(step / MONTH));
  else if (step >= DAY) next.setDate(next.getDate() + Math.round(step / DAY));
  else next.setHours(next.getHours() + step / HOUR);
  return next.getTime() > tick ? next.getTime() : tick + step;
}

/** Times of the ticks between min and max, at round local times, at most `most` of them or so. */
export function ticks(min, max, most) {
  if (!(max > min)) return [];
  const step = stepFor(max - min, most);
  const found = [];
  for (let tick = firstTick(min, step); tick <= max; tick = following(tick, step)) {
    if (tick >= min) found.push(tick);
  }
  return found;
}

/** What stands at a tick: a time of day, a day at midnight, a month, a year in January; two lines where a time comes twice. */
export function tickLabel(at, step) {
  const name = step < DAY ? zoneAt(at) : "";
  const text = plainLabel(at, step);
  return name && text.endsWith(` ${name}`) ? [text.slice(0, -name.length - 1), name] : text;
}

function plainLabel(at, step) {
  if (step < MINUTE) return clockTime(at);
  const day = new Date(at);
  if (step >= MONTH) return day.getMonth() === 0 ? String(day.getFullYear()) : month(at);
  const midnight = day.getHours() === 0 && day.getMinutes() === 0;
  return step >= DAY || midnight ? date(at) : minuteTime(at);
}
