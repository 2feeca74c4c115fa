// Layers of a stack.

import assert from "node:assert/strict";
import { test } from "node:test";
import { stacked } from "../../../static/monitor/js/charts/stacking.js";

test("layers stand upon each other and add up", () => {
  const [user, system] = stacked([[{ x: 1, y: 10 }, { x: 2, y: 20 }], [{ x: 1, y: 5 }, { x: 2, y: 1 }]]);
  assert.deepEqual(user.between, [{ x: 1, low: 0, high: 10 }, { x: 2, low: 0, high: 20 }]);
  assert.deepEqual(system.top, [{ x: 1, y: 15 }, { x: 2, y: 21 }]);
});

test("a hidden layer takes no room, and a time that one layer lacks is left out", () => {
  const [, hidden, top] = stacked([[{ x: 1, y: 10 }, { x: 2, y: 20 }], [], [{ x: 2, y: 3 }]]);
  assert.deepEqual([hidden.top, top.top], [[], [{ x: 2, y: 23 }]]);
});
