// Formatters: what is unknown is n/a, and never 0.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "../../../static/monitor/js/page/format.js";

const UNKNOWN = [null, undefined, NaN, Infinity];

test("an unknown value is n/a in every unit", () => {
  const units = [format.percent, format.load, format.count, format.bytes, format.duration, format.clockTime];
  for (const unit of units) for (const value of UNKNOWN) assert.equal(unit(value), "n/a");
  assert.equal(format.inUnit(null, "bytes_per_second"), "n/a");
});

test("zero and full are said as they are", () => {
  assert.deepEqual([0, 100, 94.25].map((value) => format.percent(value)), ["0.0 %", "100.0 %", "94.3 %"]);
});

test("a load has as many digits as make sense", () => {
  assert.deepEqual([0, 7.814, 99.994, 99.996, 300.12, 12345].map(format.load), ["0.00", "7.81", "99.99", "100.0", "300.1", "12345"]);
});

test("bytes change their unit before they need five digits", () => {
  assert.deepEqual([0, 1023, 1024, 1023.99 * 1024, 3.4 * 2 ** 30].map(format.bytes), ["0 B", "1023 B", "1.0 KiB", "1.0 MiB", "3.4 GiB"]);
  assert.equal(format.inUnit(2048, "bytes_per_second"), "2.0 KiB/s");
});

test("a duration has two parts at most", () => {
  const seconds = [0, 45, 60, 130, 3600, 11100, 86_400, 1_051_200];
  const words = ["0 s", "45 s", "1 min", "2 min 10 s", "1 h", "3 h 5 min", "1 d", "12 d 4 h"];
  assert.deepEqual(seconds.map((value) => format.duration(value * 1000)), words);
});

test("a time that ran backwards is no negative duration", () => {
  assert.equal(format.duration(-5000), "0 s");
});

test("thresholds are as short as they can be", () => {
  assert.deepEqual([["percent", 75], ["load", 2], ["load", 1.5], ["bytes", 1024]].map(([unit, value]) => format.threshold(value, unit)), ["75 %", "2", "1.5", "1.0 KiB"]);
});

test("one core is a core", () => {
  assert.deepEqual([1, 2, 1.5].map(format.cores), ["1 core", "2 cores", "1.5 cores"]);
});

test("another day is named", () => {
  const now = new Date(2026, 10, 24, 12, 41, 7).getTime();
  assert.equal(format.dayTime(now - 60_000, now), "12:40:07");
  assert.equal(format.dayTime(now - 86_400_000, now), "23 Nov 12:41:07");
  assert.equal(format.dayTime(now - 365 * 86_400_000, now), "24 Nov 2025 12:41:07");
});

test("midnight is 00, not 24", () => {
  assert.equal(format.clockTime(new Date(2026, 10, 24, 0, 0, 5).getTime()), "00:00:05");
});
