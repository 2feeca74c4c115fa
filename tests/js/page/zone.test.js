// The cookie of the browser's zone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { zoneCookie } from "../../../static/monitor/js/page/zone.js";

test("only what can be the name of a zone becomes a cookie", () => {
  assert.match(zoneCookie("America/Argentina/Buenos_Aires", "/load/"), /^loadmon_zone=America\/Argentina\/Buenos_Aires; path=\/load\/; /);
  assert.equal(zoneCookie("local time; path=/", "/"), "");
});
