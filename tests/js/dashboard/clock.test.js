// The server's time in the browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../../../static/monitor/js/dashboard/clock.js";

test("the server's time goes on by a monotonic clock", () => {
  let monotonic = 1000;
  const clock = new ServerClock(50_000, () => monotonic);
  monotonic += 250;
  assert.equal(clock.now(), 50_250);
  clock.hear(10_000);
  assert.equal(clock.now(), 10_000);
});
