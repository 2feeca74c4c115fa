// The calendar by keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { target } from "../../../static/monitor/js/alerts/yeargrid.js";

test("arrows move by days and weeks and stay inside the year", () => {
  assert.equal(target("ArrowDown", 3, 365), 4);
  assert.equal(target("ArrowLeft", 10, 365), 3);
  assert.equal(target("ArrowLeft", 3, 365), 3);
  assert.equal(target("End", 3, 365), 364);
  assert.equal(target("Tab", 3, 365), null);
});
