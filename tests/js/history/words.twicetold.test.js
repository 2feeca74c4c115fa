// Times of day that come twice, when a clock is set back: lists must say which of the two is meant.

import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Europe/Berlin";
const { gapRow } = await import("../../../static/monitor/js/history/words.js");

const MINUTE = 60_000;
const CHANGE = Date.UTC(2026, 9, 25, 1);
const at = (minutes) => CHANGE + minutes * MINUTE;

test("a gap across the change is listed with both names", () => {
  assert.equal(gapRow({ start: at(-30), end: at(30), kind: "rebooted" }, at(600)).when, "02:30 CEST to 02:30 CET");
});
