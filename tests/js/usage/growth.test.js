// Whose memory grew most, and what the others come to then.

import assert from "node:assert/strict";
import { test } from "node:test";

import { byGrowth, folded } from "../../../static/monitor/js/usage/growth.js";

function consumer(name, growth, more = {}) {
  const figures = { cpu_seconds: 1, share_percent: 10, memory_bytes: 100, memory_highest_bytes: 100, memory_growth_bytes: growth, read_bytes: 5, written_bytes: null, waiting_seconds: 0 };
  return { name, kind: "service", user: "", series: [1, null], highest: 1, highest_at: 0, ...figures, ...more };
}

const REST = [consumer("others", null, { kind: "others", series: [2, null] }), consumer("not_seen", null, { kind: "not_seen", memory_bytes: null, series: [null, null] })];
const MIB = 2 ** 20;

test("who grew most comes first, then who may have grown, the rest last", () => {
  const all = [consumer("shrank", -MIB), consumer("leaks", 9 * MIB), consumer("new", null), consumer("huge and new", null, { memory_highest_bytes: 1000 }), consumer("steady", 3), consumer("grows", MIB), ...REST];
  assert.deepEqual(byGrowth(all).map(({ name }) => name), ["leaks", "grows", "huge and new", "new", "steady", "shrank", "others", "not_seen"]);
});

test("those without a row are among the others, so that all still adds up", () => {
  const all = [consumer("a", 3 * MIB), consumer("b", 2 * MIB), consumer("c", MIB), ...REST];
  const [a, others, unseen, ...more] = folded(all, 1);
  assert.deepEqual([a, unseen, more], [all[0], all[4], []]);
  assert.deepEqual([others.cpu_seconds, others.share_percent, others.memory_bytes, others.read_bytes, others.written_bytes], [3, 30, 300, 15, null]);
  assert.deepEqual([others.series, others.highest, others.memory_growth_bytes], [[4, null], null, null]);
  assert.equal(folded(all, 3), all);
});
