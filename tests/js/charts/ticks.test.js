// Ticks: round local times in every zone, also where a day has 23 or 25 hours.

import assert from "node:assert/strict";
import { test } from "node:test";
import { stepFor, tickLabel, ticks } from "../../../static/monitor/js/charts/ticks.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test("the step is round and leaves room for the labels", () => {
  assert.equal(stepFor(20 * MINUTE, 10), 2 * MINUTE);
  assert.equal(stepFor(20 * MINUTE, 3), 10 * MINUTE);
  assert.equal(stepFor(10_000, 10), 1000);
  assert.equal(stepFor(24 * HOUR, 10), 3 * HOUR);
  assert.equal(stepFor(7 * 24 * HOUR, 8), 24 * HOUR);
});

test("the last 20 minutes get a tick on each even minute", () => {
  const end = new Date(2026, 4, 5, 12, 41, 7).getTime();
  const found = ticks(end - 20 * MINUTE, end, 10).map((at) => new Date(at));
  assert.equal(found.length, 10);
  assert.ok(found.every((tick) => tick.getMinutes() % 2 === 0 && tick.getSeconds() === 0));
});

test("every tick lies inside the span, in order", () => {
  const start = new Date(2026, 2, 28, 23, 17, 3).getTime();
  for (const span of [9000, 70_000, 20 * MINUTE, 3 * HOUR, 30 * HOUR, 40 * 24 * HOUR]) {
    const found = ticks(start, start + span, 8);
    assert.ok(found.length >= 1, `none for ${span}`);
    assert.ok(found.length <= 10, `${found.length} for ${span}`);
    assert.ok(found.every((tick, i) => tick >= start && tick <= start + span && (i === 0 || tick > found[i - 1])));
  }
});

for (const [name, day] of [["the spring change", new Date(2026, 2, 29)], ["the autumn change", new Date(2026, 9, 25)], ["the American spring change", new Date(2026, 2, 8)]]) {
  test(`hours stay whole local hours across ${name}`, () => {
    const start = day.getTime() - 12 * HOUR;
    const found = ticks(start, start + 48 * HOUR, 16).map((at) => new Date(at));
    assert.ok(found.every((tick) => tick.getMinutes() === 0));
    // Only an hour that the day does not have may be off the three-hour grid.
    assert.ok(found.filter((tick) => tick.getHours() % 3 !== 0).length <= 1);
  });

  test(`days begin at local midnight across ${name}`, () => {
    const start = day.getTime() - 3 * 24 * HOUR;
    const found = ticks(start, start + 7 * 24 * HOUR, 8).map((at) => new Date(at));
    assert.ok(found.length >= 7);
    assert.ok(found.every((tick) => tick.getHours() === 0));
  });
}

test("an empty or reversed span has no ticks", () => {
  assert.deepEqual(ticks(5, 5, 8), []);
  assert.deepEqual(ticks(9, 5, 8), []);
  assert.deepEqual(ticks(NaN, 5, 8), []);
});

const DAY = 24 * HOUR;

test("longer spans get days, weeks, months, years", () => {
  assert.deepEqual([14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 1500 * DAY, 3650 * DAY].map((span) => stepFor(span, 8) / DAY), [2, 7, 14, 60, 360, 720]);
});

test("months begin on their first day at local midnight, through a leap year and two changes of the clock", () => {
  const found = ticks(new Date(2027, 10, 24, 7).getTime(), new Date(2028, 10, 24, 7).getTime(), 14).map((at) => new Date(at));
  assert.deepEqual(found.map((tick) => tick.getMonth()), [11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((_, i) => i < found.length));
  assert.ok(found.every((tick) => tick.getDate() === 1 && tick.getHours() === 0));
});

test("the leap day has its tick, and the day after it too", () => {
  const found = ticks(new Date(2028, 1, 27, 13).getTime(), new Date(2028, 2, 2, 12).getTime(), 8).map((at) => new Date(at).getDate());
  assert.deepEqual(found.filter((day, i) => i === 0 || day !== found[i - 1]), [28, 29, 1, 2]);
});

test("two-day and weekly ticks stay where they are as the span moves on", () => {
  const end = new Date(2026, 10, 24, 12).getTime();
  for (const span of [14 * DAY, 40 * DAY]) {
    const before = ticks(end - span, end, 8);
    const after = ticks(end - span + DAY, end + DAY, 8);
    assert.ok(before.slice(1).every((tick) => after.includes(tick)));
  }
});

test("weekly ticks are Mondays", () => {
  const end = new Date(2026, 10, 24, 12).getTime();
  assert.ok(ticks(end - 40 * DAY, end, 8).every((at) => new Date(at).getDay() === 1));
});

test("a label says what changes at its tick", () => {
  const label = (step, ...parts) => tickLabel(new Date(...parts).getTime(), step);
  assert.equal(label(HOUR, 2026, 10, 24, 6), "06:00");
  assert.equal(label(HOUR, 2026, 10, 24), "24 Nov");
  assert.equal(label(DAY, 2026, 10, 24), "24 Nov");
  assert.equal(label(30 * DAY, 2026, 10, 1), "Nov");
  assert.equal(label(30 * DAY, 2027, 0, 1), "2027");
  assert.equal(label(10_000, 2026, 10, 24, 6, 0, 10), "06:00:10");
});
