// The earlier span: which, and where it is drawn.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CHOICES, earlier, namedChoice, shiftOf, shifted } from "../../../static/monitor/js/history/compare.js";
import { HOUR, NOW, local, span } from "./hours.js";

test("a comparison that cannot be read is none", () => {
  assert.deepEqual(["", "?compare=", "?compare=year", "?compare=toString", "?compare=day"].map(namedChoice), ["none", "none", "none", "none", "day"]);
});

test("a day earlier is the same time of day, also where a day has 23 or 25 hours", () => {
  for (const at of [NOW, local(2026, 2, 29, 12), local(2026, 9, 25, 12), local(2026, 2, 8, 12), local(2028, 2, 1, 12)]) {
    for (const [choice, days] of [["day", 1], ["week", 7]]) {
      const then = new Date(at - shiftOf(choice, at));
      assert.equal(then.getHours(), 12);
      assert.equal(Math.round((at - then.getTime()) / (24 * HOUR)), days);
    }
  }
  assert.equal(shiftOf("none", NOW), 0);
  assert.deepEqual(Object.keys(CHOICES), ["none", "day", "week"]);
});

test("the earlier span is fetched there and drawn here", () => {
  assert.deepEqual(earlier({ start: 10, end: 20 }, 7), { start: 3, end: 13 });
  assert.deepEqual(shifted([{ x: 3, y: 1 }], 7), [{ x: 10, y: 1 }]);
});
