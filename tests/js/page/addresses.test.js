// Addresses of single things.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf } from "../../../static/monitor/js/page/addresses.js";

test("the number in an address is the last one, whatever the sub-path is called", () => {
  assert.equal(addressOf("/alerts/0/", 7), "/alerts/7/");
  assert.equal(addressOf("/0/alerts/0/", 7), "/0/alerts/7/");
  assert.equal(addressOf("/api/v1/alerts/0/acknowledge", 7), "/api/v1/alerts/7/acknowledge");
  assert.equal(addressOf("/0/api/v1/silences/0", 7), "/0/api/v1/silences/7");
});
