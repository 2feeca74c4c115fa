// Panning by keys.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyPan } from "../../../static/monitor/js/history/navigate.js";

test("without a focus the arrows pan by a quarter, with Shift too; other keys and other modifiers are the browser's", () => {
  assert.deepEqual([{ key: "ArrowLeft" }, { key: "ArrowRight" }, { key: "ArrowLeft", shiftKey: true }].map(bodyPan), [-0.25, 0.25, -0.25]);
  for (const event of [{ key: "Home" }, { key: "toString" }, { key: "ArrowLeft", altKey: true }, { key: "ArrowLeft", ctrlKey: true }, { key: "ArrowLeft", defaultPrevented: true }]) assert.equal(bodyPan(event), null);
});
