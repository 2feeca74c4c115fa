// Layers of a stack.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lasting, stacked, widest } from "../../../static/monitor/js/charts/stacking.js";

test("layers stand upon each other and add up", () => {
  const [user, system] = stacked([[{ x: 1, y: 10 }, { x: 2, y: 20 }], [{ x: 1, y: 5 }, { x: 2, y: 1 }]]);
  assert.deepEqual(user.between, [{ x: 1, low: 0, high: 10 }, { x: 2, low: 0, high: 20 }]);
  assert.deepEqual(system.top, [{ x: 1, y: 15 }, { x: 2, y: 21 }]);
});

test("a hidden layer takes no room, and a time that one layer lacks is left out", () => {
  const [, hidden, top] = stacked([[{ x: 1, y: 10 }, { x: 2, y: 20 }], [], [{ x: 2, y: 3 }]]);
  assert.deepEqual([hidden.top, top.top], [[], [{ x: 2, y: 23 }]]);
});

test("a name stands where its layer is thickest, within what is its own for as long as the name is wide", () => {
  const ranges = [[0, 1], [1, 5], [2, 7], [1, 5], [0, 1]].map(([low, high], x) => ({ x, low, high }));
  assert.equal(widest(ranges).x, 2);
  assert.deepEqual(lasting(ranges, 0.5, 3.5), { low: 2, high: 5 });
  assert.equal(lasting(ranges, 0, 4), null);
  assert.equal(lasting(ranges, 8, 9), null);
  assert.equal(lasting(ranges, -2, 2), null);
  assert.equal(lasting(ranges.slice(1), 0.5, 3.5), null);
});
