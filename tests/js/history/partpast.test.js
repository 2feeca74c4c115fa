// One part of a chart by itself, from an answer of the parts API.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CHARTS } from "../../../static/monitor/js/charts/series.js";
import { ALL, KINDS, apart, choices, filling, partWords } from "../../../static/monitor/js/history/partpast.js";

const mean = (values) => values.filter((value) => value !== null).reduce((sum, value, _, { length }) => sum + value / length, 0);
const figure = (values, high = values) => ({ now: values.at(-1), mean: mean(values), series: { mean: values, high } });
const held = (full, inodes = [null]) => ({ full_percent: figure(full), used_bytes: figure([2 ** 30]), size_bytes: figure([2 ** 31]), inodes_percent: { ...figure(inodes), now: inodes.at(-1) } });
const ANSWER = {
  start_at: 0,
  end_at: 180_000,
  resolution_seconds: 60,
  tier_seconds: 60,
  oldest_at: 0,
  times: [0, 60_000, 120_000],
  parts: [
    { name: "/var", figures: { ...held([91, null, 93]), full_percent: figure([91, null, 93], [91, null, 94]) } },
    { name: "/", figures: held([20, 20, 20]) },
  ],
};

test("each chart with parts has lines that parts have figures for", () => {
  for (const kind of Object.keys(KINDS)) {
    const { source } = apart(kind, "none", ANSWER, false);
    assert.deepEqual(Object.keys(source.series), CHARTS[kind].map(({ name }) => name));
    assert.ok(ALL[kind]);
  }
});

test("the chosen part is drawn, and a hole stays a hole", () => {
  const { source, current, lines, limit } = apart("space", "/var", ANSWER, false);
  assert.deepEqual(source.points("disk_fullest_percent"), [{ x: 30_000, y: 91 }, { x: 150_000, y: 93 }]);
  assert.deepEqual(current, { disk_fullest_percent: 92 });
  assert.equal(lines, true);
  assert.equal(limit, 90_000);
});

test("live its value is the newest, and thresholds of a sum are none of one disk", () => {
  assert.deepEqual(apart("space", "/var", ANSWER, true).current, { disk_fullest_percent: 93 });
  assert.equal(apart("disk", "sda", ANSWER, true).lines, false);
});

test("a part that was not measured in the span has no points", () => {
  const { source, current } = apart("space", "/home", ANSWER, true);
  assert.deepEqual([source.points("disk_fullest_percent"), current], [[], null]);
});

test("the mean of a part is that of the time that is known, not of the buckets", () => {
  const answer = { ...ANSWER, parts: [{ name: "/", figures: { ...held([10, 20, 20]), full_percent: { ...figure([10, 20, 20]), mean: 19.5 } } }] };
  assert.deepEqual(apart("space", "/", answer, false).current, { disk_fullest_percent: 19.5 });
});

test("the band of a part begins at its mean, and says so", () => {
  const { source } = apart("space", "/var", ANSWER, false);
  assert.equal(source.fromMean, true);
  assert.deepEqual(source.band("disk_fullest_percent").runs.flat().map(({ low, high }) => [low, high]), [[91, 91], [93, 94]]);
});

test("a file system fills since it last held hardly more than its least", () => {
  const times = [0, 1, 2, 3, 4, 5];
  assert.deepEqual(filling({ mean: [60, 60, 60, 70, 80, 90] }, times), { at: 2, from: 60, to: 90 });
  assert.deepEqual(filling({ mean: [95, 40, null, 41, 50, 60] }, times), { at: 1, from: 40, to: 60 });
  assert.equal(filling({ mean: [60, 60, 60.5, 60.6, 60.7, 60.9] }, times), null);
  assert.equal(filling({ mean: [90, 80, 70, 60, 50, 40] }, times), null);
  assert.equal(filling({ mean: [null, null] }, [0, 1]), null);
});

test("what is not drawn is said: the space, scarcer inodes, since when it fills, and how busy a disk was", () => {
  const end = new Date(2026, 11, 1, 8, 0).getTime();
  const times = [0, 1, 2].map((hour) => end - (3 - hour) * 3_600_000);
  const words = (figures, chart = "space") => partWords(chart, figures, { times, end_at: end });
  assert.equal(words(held([60, 60, 90])), "1.0 GiB of 2.0 GiB in use. Filling since 06:00: from 60.0 % to 90.0 %.");
  assert.equal(words(held([60, 75, 90])), "1.0 GiB of 2.0 GiB in use. Filling since before this span: from 60.0 % to 90.0 %.");
  assert.match(words(held([60, 60, 60], [60])), /^1\.0 GiB of 2\.0 GiB in use; 60\.0 % of the inodes, which are scarcer: they are drawn\. It has not filled up/);
  assert.match(words(held([60, 60, 60], [7])), /; 7\.0 % of the inodes\. /);
  const busy = { busy_percent: { mean: 12, highest: 80, highest_at: times[1] } };
  assert.equal(words(busy, "disk"), "Busy 12.0 % of the time, most at 06:00: 80.0 %.");
  assert.equal(words({}, "network"), "");
  assert.equal(words(undefined), "Not measured in this span.");
});

test("file systems are offered with how full they are now", () => {
  assert.deepEqual(choices("space", ANSWER), [{ name: "/var", now: 93 }, { name: "/", now: 20 }]);
});
