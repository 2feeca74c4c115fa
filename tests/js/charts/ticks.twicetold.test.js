// Times of day that come twice, when a clock is set back: no two ticks may look the same.

import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "Europe/Berlin";
const { tickLabel, ticks } = await import("../../../static/monitor/js/charts/ticks.js");

const MINUTE = 60_000;
const CHANGE = Date.UTC(2026, 9, 25, 1);
const at = (minutes) => CHANGE + minutes * MINUTE;

test("no two ticks across the change have one label", () => {
  for (const span of [10, 90, 300]) {
    const labels = ticks(at(-span), at(span), 12).map((tick) => String(tickLabel(tick, 2 * span * MINUTE / 12)));
    assert.equal(new Set(labels).size, labels.length, labels.join(" "));
  }
  assert.deepEqual(tickLabel(at(30), 30 * MINUTE), ["02:30", "CET"]);
  assert.equal(tickLabel(at(90), 30 * MINUTE), "03:30");
});
