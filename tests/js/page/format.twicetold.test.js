// Times of day that come twice, when a clock is set back: each must say which of the two is meant.

import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Europe/Berlin";
const { clockTime, dayTime, minuteTime, zoneAt } = await import("../../../static/monitor/js/page/format.js");

const MINUTE = 60_000;
const CHANGE = Date.UTC(2026, 9, 25, 1);
const at = (minutes) => CHANGE + minutes * MINUTE;

test("02:30 comes twice on 25 October 2026 in Berlin, and each says which it is", () => {
  assert.deepEqual([minuteTime(at(-30)), minuteTime(at(30))], ["02:30 CEST", "02:30 CET"]);
  assert.deepEqual([clockTime(at(-60)), clockTime(at(59))], ["02:00:00 CEST", "02:59:00 CET"]);
  assert.equal(dayTime(at(30), at(9000)), "25 Oct 02:30:00 CET");
});

test("a time that comes once needs no name", () => {
  assert.deepEqual([at(-61), at(60), Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 2, 29, 0, 59), Date.UTC(2026, 6, 1)].map(zoneAt), ["", "", "", "", ""]);
  assert.deepEqual([minuteTime(at(-61)), minuteTime(at(60))], ["01:59", "03:00"]);
});

test("a zone that sets its clock by half an hour is understood", async () => {
  process.env.TZ = "Australia/Lord_Howe";
  const change = Date.UTC(2026, 3, 4, 15);
  const { zoneAt: there } = await import("../../../static/monitor/js/page/format.js?lord-howe");
  assert.deepEqual([there(change - 31 * MINUTE), there(change + 30 * MINUTE)], ["", ""]);
  assert.notEqual(there(change - MINUTE), "");
  assert.notEqual(there(change - MINUTE), there(change + MINUTE));
});
