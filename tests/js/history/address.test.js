// The address of a view: what is written is read again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { namedCharts } from "../../../static/monitor/js/charts/open_charts.js";
import { viewSearch } from "../../../static/monitor/js/history/address.js";
import { namedChoice } from "../../../static/monitor/js/history/compare.js";
import * as range from "../../../static/monitor/js/page/range.js";

test("the address of a view holds range, comparison and charts, and all of it is read again", () => {
  const view = { range: range.relative("7d"), choice: "week", open: ["tasks", "disk"] };
  const search = viewSearch(view, "?host=a&compare=day&charts=none");
  assert.equal(search, "?host=a&range=7d&compare=week&charts=tasks,disk");
  assert.deepEqual({ range: range.parseRange(search).range, choice: namedChoice(search), open: namedCharts(search) }, view);
});

test("the plain live page has the plain address", () => {
  assert.equal(viewSearch({ range: range.LIVE, choice: "none", open: ["tasks"] }, "?range=7d&compare=day&charts=disk"), "");
});
