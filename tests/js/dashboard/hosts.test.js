// The picker of hosts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hostSearch } from "../../../static/monitor/js/dashboard/hosts.js";

test("another host is shown with the range of this one", () => {
  assert.equal(hostSearch("demo", ""), "?host=demo");
  assert.equal(hostSearch("b&c", "?host=a&range=7d&compare=week"), "?host=b%26c&range=7d&compare=week");
  assert.equal(hostSearch("demo", "?start=2026-11-24T10:00:00Z"), "?start=2026-11-24T10:00:00Z&host=demo");
});
