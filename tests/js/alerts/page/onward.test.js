// From the page of an alert to the charts of its host.

import assert from "node:assert/strict";
import { test } from "node:test";
import { onwardSearch } from "../../../../static/monitor/js/alerts/page/onward.js";

const SPAN = "?host=db-01&start=2026-12-01T00:00:00Z&end=2026-12-01T01:00:00Z";

test("the chart of what the alert is on is open, and its part is chosen there", () => {
  assert.equal(onwardSearch(SPAN, { family: "file_systems", part: "/srv" }), `${SPAN}&charts=tasks,space&space=/srv`);
  assert.equal(onwardSearch(SPAN, { family: "network", part: "eth0" }), `${SPAN}&charts=tasks,network&network=eth0`);
  assert.equal(onwardSearch(SPAN, { family: "memory", part: "" }), `${SPAN}&charts=tasks,memory`);
});

test("charts that are always there need no word, and what has no chart has none", () => {
  assert.equal(onwardSearch(SPAN, { family: "cpu", part: "" }), SPAN);
  assert.equal(onwardSearch(SPAN, { family: "no_data", part: "" }), SPAN);
});
