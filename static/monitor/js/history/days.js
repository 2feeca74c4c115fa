// The hours above the cores of each day, in levels and words.

import { count, date, weekday } from "../page/format.js";

const HOUR_MS = 3600000;
const BOUNDS = [3, 6, 12];
// In less room a day is no longer seen, nor hit by a finger: then the days stand below each other by months.
const LEAST_CELL = 2.5;
const KEYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** 0 (none), then 2 to 5 (12 hours and more), so that one hour is seen; null where nothing is known of the day. */
export function level({ hours_above: above }) {
  if (above === null) return null;
  return above > 0 ? 2 + BOUNDS.filter((bound) => above >= bound).length : 0;
}

function hours(number) {
  return `${count(number)} h`;
}

/** How many hours a day has had until `now`. */
function past({ start_at: start, end_at: end }, now) {
  return Math.max(0, Math.min(end, now) - start) / HOUR_MS;
}

/** "Tue 24 Nov 2026: 3 of 24 h above the cores"; what is not known of it is said. */
export function dayWords(day, now) {
  const name = `${weekday(day.start_at)} ${date(day.start_at, true)}`;
  if (day.hours_above === null) return `${name}: not known`;
  const lacking = Math.floor(past(day, now) - day.hours_known);
  return `${name}: ${count(day.hours_above)} of ${hours(day.hours_known)} above the cores${lacking >= 1 ? `, ${hours(lacking)} not known` : ""}`;
}

/** "Load above the cores: 34 h on 12 of 30 days, most on Tue 24 Nov 2026 (6 h)." */
export function daysWords(days) {
  const known = days.filter(({ hours_above: above }) => above !== null);
  if (!known.length) return "Hours above the cores are not known of any day.";
  const over = known.filter(({ hours_above: above }) => above > 0);
  const of = `${known.length} ${known.length === 1 ? "day" : "days"}`;
  if (!over.length) return `No hour above the cores on ${of}.`;
  const sum = over.reduce((total, { hours_above: above }) => total + above, 0);
  const most = over.reduce((best, day) => (day.hours_above > best.hours_above ? day : best));
  return `Load above the cores: ${hours(sum)} on ${over.length} of ${of}, most on ${weekday(most.start_at)} ${date(most.start_at, true)} (${hours(most.hours_above)}).`;
}

/** "strip" under the time axis, or "months" where the cells would be too narrow for that. */
export function shapeOf(number, width) {
  return number && width / number >= LEAST_CELL ? "strip" : "months";
}

/** The part of a span that a day takes, 0 to 1. */
export function shareOf({ start_at: start, end_at: end }, span) {
  return Math.max(0, Math.min(end, span.end) - Math.max(start, span.start)) / (span.end - span.start);
}

/** The span to open for a day: it ends now where that is today. */
export function spanOfDay({ start_at: start, end_at: end }, now) {
  return { start, end: Math.max(start + 60000, Math.min(end, now)) };
}

/** The index to go to by a key from `index` of `number` days; null where the key means nothing here. */
export function reached(key, index, number) {
  if (key === "Home") return 0;
  if (key === "End") return number - 1;
  if (!Object.hasOwn(KEYS, key)) return null;
  const to = index + KEYS[key];
  return to >= 0 && to < number ? to : index;
}
