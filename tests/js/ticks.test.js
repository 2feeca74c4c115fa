// Ticks: round local times in every zone, also where a day has 23 or 25 hours.

import assert from "node:assert/strict";
import { test } from "node:test";
import { stepFor, ticks } from "../../static/monitor/js/ticks.js";

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
