// The hours above the cores of each day: levels, words, where a key leads, and what a click opens.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as days from "../../../static/monitor/js/history/days.js";

const HOUR = 3_600_000;
const local = (year, month, day) => new Date(year, month, day).getTime();

function day(above, known = 24, date = [2026, 10, 24]) {
  const [year, month, number] = date;
  return { start_at: local(year, month, number), end_at: local(year, month, number + 1), hours_above: above, hours_known: known };
}

const LATER = local(2027, 0, 1);

test("a level grows with the hours, one hour is seen, and what is not known has none", () => {
  assert.deepEqual([0, 0.5, 1, 3, 6, 12, 24].map((above) => days.level(day(above))), [0, 2, 2, 3, 4, 5, 5]);
  assert.equal(days.level(day(null, 0)), null);
});

test("a day is told with what is not known of it", () => {
  assert.equal(days.dayWords(day(3), LATER), "Tue 24 Nov 2026: 3 of 24 h above the cores");
  assert.equal(days.dayWords(day(0, 20), LATER), "Tue 24 Nov 2026: 0 of 20 h above the cores, 4 h not known");
  assert.equal(days.dayWords(day(null, 0), LATER), "Tue 24 Nov 2026: not known");
});

test("of a day that is not over only what has passed can be unknown", () => {
  const today = day(1, 10);
  assert.equal(days.dayWords(today, today.start_at + 10.5 * HOUR), "Tue 24 Nov 2026: 1 of 10 h above the cores");
});

test("the days of a span are summed up", () => {
  const found = [day(0, 24, [2026, 10, 22]), day(3, 24, [2026, 10, 23]), day(6), day(null, 0, [2026, 10, 25])];
  assert.equal(days.daysWords(found), "Load above the cores: 9 h on 2 of 3 days, most on Tue 24 Nov 2026 (6 h).");
  assert.equal(days.daysWords([day(0)]), "No hour above the cores on 1 day.");
  assert.equal(days.daysWords([day(null, 0)]), "Hours above the cores are not known of any day.");
});

test("a year stands under the axis of a desktop, and by months on a phone", () => {
  assert.equal(days.shapeOf(366, 1170), "strip");
  assert.equal(days.shapeOf(366, 270), "months");
  assert.equal(days.shapeOf(31, 270), "strip");
});

test("a day that the span only touches is as wide as what it has of the span, a short day narrower than a long one", () => {
  const one = day(0);
  assert.equal(days.shareOf(one, { start: one.start_at - 24 * HOUR, end: one.start_at + 24 * HOUR }), 0.5);
  assert.equal(days.shareOf(one, { start: one.end_at, end: one.end_at + HOUR }), 0);
});

test("today opens until now", () => {
  const one = day(0);
  assert.deepEqual(days.spanOfDay(one, one.start_at + HOUR), { start: one.start_at, end: one.start_at + HOUR });
  assert.deepEqual(days.spanOfDay(one, LATER), { start: one.start_at, end: one.end_at });
  assert.equal(days.spanOfDay(one, one.start_at).end, one.start_at + 60_000);
});

test("keys go a day or a week on, and stay at the ends", () => {
  assert.deepEqual(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "x"].map((key) => days.reached(key, 10, 30)), [9, 11, 3, 17, 0, 29, null]);
  assert.deepEqual([days.reached("ArrowLeft", 0, 30), days.reached("ArrowDown", 28, 30)], [0, 28]);
});
