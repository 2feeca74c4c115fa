// Which kind of use is looked at, and how its amounts are written.

import assert from "node:assert/strict";
import { test } from "node:test";

import { amount, asksForGrowth, firstKind, grown, growth, kindOf, namedKind, share, withKind } from "../../../static/monitor/js/usage/kinds.js";

test("the address decides, then what was chosen last, then it is the CPU", () => {
  assert.equal(firstKind("?by=memory", "read"), "memory");
  assert.equal(firstKind("?by=nonsense", "read"), "read");
  assert.equal(firstKind("", "constructor"), "cpu");
  assert.equal(namedKind("?by=toString"), null);
});

test("the first kind needs no word in the address", () => {
  assert.equal(withKind("?range=7d&charts=tasks,disk", "written"), "?range=7d&charts=tasks,disk&by=written");
  assert.equal(withKind("?by=written", "cpu"), "");
});

test("a link to a span or a consumer shows everybody the same, whatever they chose last", () => {
  for (const search of ["?range=7d", "?host=a&start=2026-11-24T03:00:00Z&end=2026-11-24T04:00:00Z", "?consumer=cron.service"]) assert.equal(firstKind(search, "memory"), "cpu");
  assert.equal(firstKind("?range=7d&by=read", "memory"), "read");
  assert.equal(firstKind("?host=a", "memory"), "memory");
  assert.deepEqual(["", "?by=waiting", "?by=nonsense"].map(kindOf), ["cpu", "waiting", "cpu"]);
});

test("an address asks for the order by growth with memory alone, and forgets it with another kind", () => {
  const search = withKind("?range=7d", "memory", true);
  assert.equal(search, "?range=7d&order=growth&by=memory");
  assert.equal(asksForGrowth(search), true);
  assert.equal(withKind(search, "read"), "?range=7d&by=read");
  assert.deepEqual(["?order=growth", "?order=growth&by=read", "?by=memory"].map(asksForGrowth), [false, false, false]);
});

test("amounts have their unit, and what is unknown is not nought", () => {
  assert.deepEqual([0.004, 0.25, 1, 1.25, 64, null].map((value) => amount(value, "cores")), ["0.00 cores", "0.25 cores", "1.0 core", "1.3 cores", "64.0 cores", "n/a"]);
  assert.equal(amount(2 ** 20, "bytes_per_second"), "1.0 MiB/s");
  assert.equal(amount(12.34, "percent"), "12.3 %");
});

test("a little is not nothing", () => {
  assert.deepEqual([0, 0.01, 12.345, null].map(share), ["0.0 %", "< 0.1 %", "12.3 %", "n/a"]);
});

test("growth has a sign", () => {
  assert.deepEqual([2 ** 20, -(2 ** 20), 0, null].map(growth), ["+1.0 MiB", "−1.0 MiB", "0 B", "n/a"]);
  assert.deepEqual([growth(71), growth(-22), grown(71), grown(2 ** 20), grown(null)], ["0 B", "0 B", 0, 2 ** 20, null]);
});
