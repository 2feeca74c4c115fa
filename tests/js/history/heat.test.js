// The busy hours of the week.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as heat from "../../../static/monitor/js/history/heat.js";

const local = (...parts) => new Date(...parts).getTime();
const NOW = local(2026, 10, 24, 12, 0);
const quiet = () => Array.from({ length: 7 }, () => Array(24).fill(0.2));

test("the busiest hour is a sentence", () => {
  const cells = quiet();
  cells[0][9] = 1.4;
  cells[2][14] = 1;
  assert.equal(heat.sentence(cells), "Busiest: Mondays 09–10, 1.40 per core. 2 hours of the week are usually above the cores.");
  assert.match(heat.sentence(quiet()), /^Busiest: Mondays 00–01, 0.20 per core. No hour/);
  assert.equal(heat.sentence([[null, null], [null]], 2), "Not yet known: an hour is called usual once it was measured in 2 other weeks.");
});

test("levels rise with the load, and no data is no level", () => {
  assert.deepEqual([0, 0.24, 0.25, 0.99, 1, 1.5, 80, null].map(heat.level), [0, 0, 1, 3, 4, 5, 5, null]);
  assert.deepEqual([0, 0.04, 0.1, 1.44, 12].map(heat.cellText), ["0", "0.04", "0.1", "1.4", "12.0"]);
});

test("what is usual is read at the weekday and hour of the browser", () => {
  const cells = quiet();
  cells[1][12] = 0.7;
  assert.equal(heat.usualAt(cells, NOW), 0.7);
  assert.equal(heat.usualWords(cells, NOW), "Usual for Tuesdays 12–13: 0.70 per core.");
  cells[1][12] = null;
  assert.equal(heat.usualWords(cells, NOW), "");
});
