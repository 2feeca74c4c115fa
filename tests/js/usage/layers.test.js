// An answer as layers: what stands in which, what is not known, and colours that stay.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Colours, LAYERS, Layers, MOST } from "../../../static/monitor/js/usage/layers.js";

const START = 1_760_000_040_000;

function consumer(name, series, kind = "service") {
  return { name, kind, user: "", series, cpu_seconds: 1, share_percent: 1 };
}

function answer(consumers, times = 3) {
  return { start: START, end: START + times * 60000, by: "cpu", unit: "cores", resolution_seconds: 60, times: Array.from({ length: times }, (_, i) => START + i * 60000), consumers };
}

function many(number, each = [1, 1, 1]) {
  return [...Array.from({ length: number }, (_, i) => consumer(`s${i}`, each)), consumer("others", [0.5, 0.5, 0.5], "others"), consumer("not_seen", [0, 0, 0.25], "not_seen")];
}

test("the six heaviest have a layer of their own, all others are one", () => {
  const layers = new Layers(answer(many(9)));
  assert.deepEqual(layers.named.map(({ name }) => name), ["s0", "s1", "s2", "s3", "s4", "s5"]);
  assert.deepEqual(layers.points("others").map(({ y }) => y), [3.5, 3.5, 3.5]);
  assert.deepEqual(layers.points("not_seen").map(({ y }) => y), [0, 0, 0.25]);
  const whole = LAYERS.map((name) => layers.points(name)).reduce((sum, points) => sum + (points[0]?.y ?? 0), 0);
  assert.equal(whole, 9.5);
});

test("points lie in the middle of what of their bucket lies in the span", () => {
  const cut = { ...answer(many(1)), start: START + 30000, end: START + 150000 };
  assert.deepEqual(new Layers(cut).samples.map(({ at }) => at - START), [45000, 90000, 135000]);
});

test("a bucket of which nothing is known is a hole, one in which somebody is not told is not", () => {
  const layers = new Layers(answer([consumer("a", [1, null, 2]), consumer("b", [null, null, 1]), consumer("others", [0, null, 0], "others"), consumer("not_seen", [0, null, 0], "not_seen")]));
  assert.deepEqual(layers.points("consumer0").map(({ y }) => y), [1, 2]);
  assert.deepEqual(layers.points("consumer1").map(({ y }) => y), [0, 1]);
  assert.deepEqual([0, 59999, 60000, 119999, 120000, 180000, -1].map((at) => layers.at(START + at)?.index ?? null), [0, 0, null, null, 2, null, null]);
  assert.equal(layers.empty, false);
});

test("nothing at all is told as nothing", () => {
  const layers = new Layers(answer([consumer("others", [null, null, null], "others"), consumer("not_seen", [null, null, null], "not_seen")]));
  assert.equal(layers.empty, true);
  assert.equal(layers.at(START), null);
  assert.deepEqual(LAYERS.flatMap((name) => layers.points(name)), []);
});

test("who stands alone stands without the rest", () => {
  const layers = new Layers(answer(many(1)), true);
  assert.deepEqual(layers.points("others"), []);
  assert.equal(layers.points("consumer0").length, 3);
});

test("a consumer keeps its colour while the span changes", () => {
  const colours = new Colours();
  const of = (...names) => colours.of(names.map((name) => consumer(name, [])));
  assert.deepEqual(of("a", "b", "c"), [0, 1, 2]);
  assert.deepEqual(of("c", "x", "a"), [2, 1, 0]);
  assert.deepEqual(of("b", "a"), [1, 0]); // back again, in the colour that it had
  const six = of("u", "v", "w", "x", "y", "z");
  assert.deepEqual([...six].sort(), [0, 1, 2, 3, 4, 5]);
  assert.equal(of("b", "x")[0] === of("b", "x")[1], false);
  assert.equal(MOST, 6);
});
