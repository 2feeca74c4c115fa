// The cursor by keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { moved } from "../../../static/monitor/js/charts/cursor.js";

test("arrow keys move the cursor and stop at the ends", () => {
  const cases = [["ArrowLeft", null, 9], ["ArrowLeft", 0, 0], ["ArrowRight", 9, 9], ["Home", 5, 0], ["End", 5, 9], ["Escape", 5, null], ["x", 5, undefined], ["PageUp", 5, 0]];
  for (const [key, index, expected] of cases) assert.equal(moved(key, index, 10), expected, `${key} at ${index}`);
  assert.equal(moved("ArrowLeft", null, 0), undefined);
});
