// The vocabulary: what the server calls things, and what has no word.

import assert from "node:assert/strict";
import { test } from "node:test";
import { collectorWord, gapWord, rank, severityWord, tierWord } from "../../../static/monitor/js/page/vocabulary.js";
import "./vocabulary.js";

test("severities have a word and an order", () => {
  assert.deepEqual(["info", "warning", "critical"].map(severityWord), ["Info", "Warning", "Critical"]);
  assert.ok(rank("critical") > rank("warning") && rank("warning") > rank("info") && rank("info") > rank("novel"));
});

test("what the server has no word for still reads as something", () => {
  assert.deepEqual([severityWord("novel"), gapWord("novel"), tierWord(7), collectorWord("a_b")], ["novel", "no data", null, "a b"]);
});

test("the name of a property is no word", () => {
  assert.deepEqual([severityWord("toString"), gapWord("constructor"), rank("valueOf")], ["toString", "no data", -1]);
});
