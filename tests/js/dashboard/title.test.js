// The tab's title and icon.

import assert from "node:assert/strict";
import { test } from "node:test";
import { iconName, titleText } from "../../../static/monitor/js/dashboard/title.js";

const NOW = new Date(2026, 10, 24, 12, 43, 17).getTime();

const alert = (id, more = {}) => ({
  id, rule: "CPU", metric: "cpu_percent", severity: "warning", state: "firing", started_at: NOW - 190_000, fired_at: NOW - 130_000,
  resolved_at: null, comparison: "above", statistic: "mean", window_seconds: 0, threshold: 75, clear: 65, value: 94.2, peak: 98.4, is_test: false, end_observed: true, last_seen_at: NOW, ...more,
});

test("the title carries an open alert and the state of the link", () => {
  assert.equal(titleText({ open: 1, cpu: 94.2, state: "live" }), "(1) CPU 94 % - Load monitor");
  assert.equal(titleText({ open: 0, cpu: null, state: "live" }), "CPU n/a - Load monitor");
  assert.equal(titleText({ open: 2, cpu: 94.2, state: "stale" }), "(2) Stale - Load monitor");
  assert.equal(titleText({ open: 0, cpu: 1, state: "connecting" }), "Load monitor");
});

test("the icon tells of an alert before all else", () => {
  const icons = [[1, "live"], [1, "stale"], [0, "reconnecting"], [0, "paused"], [0, "live"]].map(([open, state]) => iconName({ open, state }));
  assert.deepEqual(icons, ["alert", "alert", "stale", "paused", "ok"]);
});
