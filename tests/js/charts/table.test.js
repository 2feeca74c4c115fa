// The charts as a table: one row a minute, a minute without data included.

import assert from "node:assert/strict";
import { test } from "node:test";
import { minuteRows, stepHead, summary } from "../../../static/monitor/js/charts/table.js";

const MINUTE = 60_000;
const sample = (at, cpu) => ({ at, values: { cpu_percent: cpu } });

test("each minute is the mean of its samples, newest first", () => {
  const samples = [sample(0, 10), sample(30_000, 30), sample(MINUTE, 50)];
  const rows = minuteRows(samples, ["cpu_percent"], { start: 0, end: MINUTE + 5 });
  assert.deepEqual(rows.map(({ at, values }) => [at, values.cpu_percent]), [[MINUTE, 50], [0, 20]]);
});

test("a minute without samples has its row and no value", () => {
  const rows = minuteRows([sample(0, 10), sample(2 * MINUTE, 30)], ["cpu_percent"], { start: 0, end: 2 * MINUTE });
  assert.deepEqual(rows[1], { at: MINUTE, values: { cpu_percent: null }, samples: 0 });
});

test("unknown values do not pull the mean down", () => {
  const rows = minuteRows([sample(0, null), sample(1000, 40)], ["cpu_percent"], { start: 0, end: 1000 });
  assert.deepEqual([rows[0].values.cpu_percent, rows[0].samples], [40, 2]);
});

test("twenty minutes make twenty rows and the one that is running", () => {
  assert.equal(minuteRows([], ["cpu_percent"], { start: 7000, end: 7000 + 20 * MINUTE }).length, 20);
  assert.equal(minuteRows([], ["cpu_percent"], { start: 0, end: 20 * MINUTE }).length, 21);
});

test("the summary names the highest value and its time", () => {
  assert.deepEqual(summary([sample(1, 10), sample(2, 90), sample(3, null)], "cpu_percent"), { mean: 50, high: 90, highAt: 2 });
  assert.deepEqual(summary([], "cpu_percent"), { mean: null, high: null, highAt: null });
});

test("the first column is called what its rows are", () => {
  assert.deepEqual([1, 60, 24 * 60, 15].map((minutes) => stepHead(minutes * MINUTE)), ["Minute", "Hour", "Day", "From"]);
});
