// The ring: each sample once, in order, bounded.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Ring, rows } from "../../../static/monitor/js/charts/ring.js";

const NAMES = ["cpu_percent"];
const sample = (id, at, cpu = 1) => ({ id, at, values: { cpu_percent: cpu } });
const ring = (windowMs = 1_200_000) => new Ring(windowMs, NAMES);
const drawn = (of) => of.points("cpu_percent").map(({ x, y }) => ({ x, y }));
const times = (of) => of.samples.map(({ at }) => at);

test("samples in order are appended", () => {
  const kept = ring();
  assert.deepEqual([kept.add(sample(1, 1000)), kept.add(sample(2, 2000))], ["appended", "appended"]);
  assert.deepEqual(drawn(kept), [{ x: 1000, y: 1 }, { x: 2000, y: 1 }]);
  assert.equal(kept.lastId, 2);
});

test("the same sample twice is one sample", () => {
  const kept = ring();
  kept.add(sample(1, 1000));
  assert.equal(kept.add(sample(1, 1000)), "duplicate");
  assert.equal(kept.samples.length, 1);
});

test("a sample that was pushed before it was stored gets its id when it comes again", () => {
  const kept = ring();
  kept.add(sample(null, 1000));
  assert.equal(kept.lastId, null);
  assert.equal(kept.add(sample(7, 1000)), "duplicate");
  assert.deepEqual([kept.samples[0].id, kept.lastId], [7, 7]);
});

test("backfilled samples go where their time belongs", () => {
  const kept = ring();
  kept.add(sample(1, 1000));
  kept.add(sample(4, 4000));
  assert.equal(kept.merge([sample(2, 2000), sample(3, 3000), sample(4, 4000)]), 2);
  assert.deepEqual(times(kept), [1000, 2000, 3000, 4000]);
});

test("a sample that is stored late does not look like a clock set back", () => {
  const kept = ring();
  kept.add(sample(1, 1000));
  kept.add(sample(null, 3000));
  assert.equal(kept.add(sample(2, 2000)), "inserted");
  assert.deepEqual(times(kept), [1000, 2000, 3000]);
  assert.deepEqual(kept.steps, []);
});

test("after the clock was set back the points of the wrong future are dropped", () => {
  const kept = ring();
  for (const [id, at] of [[1, 1000], [2, 9000], [3, 10000]]) kept.add(sample(id, at));
  assert.equal(kept.add(sample(4, 2000)), "stepped");
  assert.deepEqual(times(kept), [1000, 2000]);
  assert.deepEqual(kept.steps, [{ at: 2000, by: 8000 }]);
});

test("a clock set back to the very millisecond of an older sample is no duplicate", () => {
  const kept = ring();
  for (const [id, at] of [[1, 1000], [2, 2000], [3, 3000]]) kept.add(sample(id, at));
  assert.equal(kept.add(sample(4, 2000, 9)), "stepped");
  assert.deepEqual(drawn(kept), [{ x: 1000, y: 1 }, { x: 2000, y: 9 }]);
  assert.equal(kept.add(sample(2, 2000)), "superseded");
});

test("a point of the wrong future that is fetched later stays out", () => {
  const kept = ring();
  kept.add(sample(5, 2000));
  assert.equal(kept.add(sample(3, 9000)), "superseded");
  assert.deepEqual(times(kept), [2000]);
});

test("the window is bounded by time for days", () => {
  const kept = ring(10_000);
  for (let i = 0; i < 5000; i += 1) kept.add(sample(i, i * 1000));
  assert.equal(kept.samples.length, 11);
  assert.equal(kept.samples[0].at, 4_989_000);
});

test("an unknown value is no point, and what is not a number is unknown", () => {
  const kept = ring();
  kept.add(sample(1, 1000, null));
  kept.add(sample(2, 2000, NaN));
  kept.add({ id: 3, at: 3000, values: {} });
  assert.deepEqual(kept.points("cpu_percent"), []);
  assert.equal(kept.samples[1].values.cpu_percent, null);
});

test("only charted metrics are kept", () => {
  const kept = ring();
  kept.add({ id: 1, at: 1, values: { cpu_percent: 1, swap_used_bytes: 9 } });
  assert.deepEqual(kept.samples[0].values, { cpu_percent: 1 });
});

test("an id is known when it or a later one was seen", () => {
  const kept = ring();
  assert.equal(kept.knows(1), false);
  kept.add(sample(5, 1000));
  assert.deepEqual([kept.knows(4), kept.knows(5), kept.knows(6), kept.knows(null)], [true, true, false, true]);
});

test("the nearest sample to a time is found on both sides", () => {
  const kept = ring();
  assert.equal(kept.nearest(5), null);
  kept.add(sample(1, 1000));
  kept.add(sample(2, 2000));
  assert.deepEqual([0, 1400, 1600, 9000].map((at) => kept.nearest(at).at), [1000, 1000, 2000, 2000]);
});

test("a window of columns becomes rows", () => {
  const made = rows({ ids: [1, 2], times: [10, 20], covered_ms: [9], series: { load1: [0.5, null] } });
  assert.deepEqual(made, [
    { id: 1, at: 10, covered_ms: 9, values: { load1: 0.5 } },
    { id: 2, at: 20, covered_ms: null, values: { load1: null } },
  ]);
});

test("a point says how much time it speaks for, also where that is learnt later", () => {
  const kept = ring();
  kept.add({ ...sample(null, 1000), covered_ms: null });
  kept.add({ ...sample(1, 1000), covered_ms: 900 });
  assert.deepEqual(kept.points("cpu_percent"), [{ x: 1000, y: 1, covered: 900 }]);
});

test("a still ring keeps what the window has lost since, and learns what was lacking", () => {
  const kept = new Ring(10_000, ["cpu_percent", "load1"]);
  kept.add({ id: 1, at: 1000, values: { cpu_percent: 1 } });
  kept.add({ id: 2, at: 2000, values: { cpu_percent: 2 } });
  const still = kept.still();
  kept.add({ id: 2, at: 2000, values: { load1: 7 } });
  for (let i = 3; i < 100; i += 1) kept.add({ id: i, at: i * 1000, values: { cpu_percent: i } });
  assert.deepEqual(times(still), [1000, 2000]);
  assert.equal(still.nearest(2100).values.load1, 7);
});
