// The past of the member that an alert is of takes the place of the maximum.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withMember } from "../../../../static/monitor/js/alerts/page/member.js";

const METRIC = "disk_fullest_percent";
const MEMBER = { kind: "file_system", name: "/srv", figure: "full_percent" };
const HISTORY = { times: [0, 1000], resolution_seconds: 1, percentile_seconds: 7200, tier_seconds: 0, gaps: [1], series: { [METRIC]: { mean: [99, 99] } } };
const PARTS = { times: [0], resolution_seconds: 60, tier_seconds: 60, parts: [{ figures: { full_percent: { series: { mean: [91], high: [92] } } } }] };

test("the member's course is drawn, with the gaps of the history", () => {
  const found = withMember(HISTORY, PARTS, METRIC, MEMBER);
  assert.deepEqual(found.series, { [METRIC]: { mean: [91], low: [91], high: [92] } });
  assert.deepEqual([found.times, found.resolution_seconds, found.percentile_seconds, found.gaps], [[0], 60, 0, [1]]);
});

test("where it cannot be had nothing else is drawn in its place", () => {
  assert.equal(withMember(HISTORY, null, METRIC, MEMBER), null);
  assert.equal(withMember(HISTORY, { ...PARTS, parts: [] }, METRIC, MEMBER), null);
  assert.equal(withMember(HISTORY, null, METRIC, null), HISTORY);
});
