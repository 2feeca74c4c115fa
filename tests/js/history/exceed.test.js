// When a load was above the cores.

import assert from "node:assert/strict";
import { test } from "node:test";
import { exceedWords, stretches } from "../../../static/monitor/js/history/exceed.js";
import { HOUR, NOW, span } from "./hours.js";

const quiet = () => Array.from({ length: 7 }, () => Array(24).fill(0.2));

test("stretches above the cores are found, joined over one bucket, and cut at a longer hole", () => {
  const found = stretches(span([3, 4, 1, 5, 1, 1, 6]), "load1", 2).map(({ start, end, peak }) => [(end - start) / HOUR, peak]);
  assert.deepEqual(found, [[4, 5], [1, 6]]);
  assert.deepEqual(stretches(span([3, null, null, 3]), "load1", 2).length, 2);
});

test("when the machine was last above its cores, and for how long, is one sentence", () => {
  assert.equal(exceedWords(span([1, 1]), 2, NOW).text, "Load was not above the 2 cores in this span.");
  assert.equal(exceedWords(span([3, 1, 1, 3, 3, 1]), 2, NOW).text, "By its 1-h means, load was above the 2 cores 2 times, 3 h in all; last 09:00 to 11:00 (2 h).");
  assert.equal(exceedWords(span([1, 3]), 1, NOW).text, "By its 1-h means, load was above the 1 core once; still since 11:00 (1 h).");
  assert.equal(exceedWords(span([null]), 2, NOW).text, "");
  assert.equal(exceedWords(span([3]), null, NOW).text, "");
});

test("a peak above the cores is told, although no mean was above them", () => {
  const quiet = span([1, 1, 1]);
  quiet.series.load1.high = [1, 7, 1.5];
  const { text, last } = exceedWords(quiet, 2, NOW);
  assert.equal(text, "No 1-h mean of the load was above the 2 cores, but single values were, last within the 1 h from 10:00 (up to 7.00).");
  assert.deepEqual([last.start, last.end], [NOW - 2 * HOUR, NOW - HOUR]);
});
