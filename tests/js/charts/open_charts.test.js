// Which charts are open: the address before the memory, the memory before what is shipped.

import assert from "node:assert/strict";
import { test } from "node:test";
import { namedCharts, openCharts, rememberCharts, withCharts } from "../../../static/monitor/js/charts/open_charts.js";

const kept = new Map();
globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) };

test("the tasks are open unless somebody chose otherwise", () => {
  kept.clear();
  assert.deepEqual(openCharts(""), ["tasks"]);
  rememberCharts([]);
  assert.deepEqual(openCharts(""), []);
});

test("the address goes before what is remembered, and is not remembered itself", () => {
  kept.clear();
  rememberCharts(["disk"]);
  assert.deepEqual(openCharts("?charts=pressure,tasks"), ["tasks", "pressure"]);
  assert.deepEqual(openCharts("?charts=none"), []);
  assert.deepEqual(openCharts(""), ["disk"]);
});

test("an address without a chart that exists names none", () => {
  for (const search of ["", "?charts=", "?charts=cpu", "?charts=%00,x"]) assert.equal(namedCharts(search), null, search);
});

test("what cannot be remembered is as if nothing was", () => {
  kept.set("loadmon.charts", '{"x": 1}');
  assert.deepEqual(openCharts(""), ["tasks"]);
});

test("the address names the open charts, unless they are the shipped ones", () => {
  assert.equal(withCharts("?host=a&charts=disk", ["tasks"]), "host=a");
  for (const open of [[], ["pressure", "disk"], ["tasks", "memory"]]) assert.deepEqual(namedCharts(`?${withCharts("?host=a", open)}`), open);
  assert.equal(withCharts("", []), "charts=none");
});
