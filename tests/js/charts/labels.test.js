// Words on a chart keep clear of each other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Labels, freeBox } from "../../../static/monitor/js/charts/labels.js";

const box = (left, top) => ({ left, top, width: 100, height: 16 });

test("the first box that meets no other is taken, else the first", () => {
  assert.deepEqual(freeBox([box(0, 50), box(0, 80)], [box(50, 60)]), box(0, 80));
  assert.deepEqual(freeBox([box(0, 50)], [box(0, 66), box(100, 50)]), box(0, 50));
  assert.deepEqual(freeBox([box(0, 50), box(0, 55)], [box(0, 52)]), box(0, 50));
});

test("a label moves away from one that stands there, and the curve is seen through its patch", () => {
  const written = [];
  const alphas = [];
  const ctx = {
    measureText: () => ({ width: 92 }),
    fillText: (text, x, y) => written.push([text, y]),
    fillRect: () => alphas.push(ctx.globalAlpha),
    save() {}, restore() {},
  };
  const labels = new Labels(ctx, { panel: "white", muted: "grey" });
  labels.write("warning at 2", { left: 0, tops: [40] });
  labels.write("no data before 06:57", { left: 20, tops: [44, 70] });
  assert.deepEqual(written, [["warning at 2", 48], ["no data before 06:57", 78]]);
  assert.ok(alphas.every((alpha) => alpha < 0.7));
});
