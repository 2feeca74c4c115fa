// What By what says of a span, a moment and a consumer.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Layers } from "../../../static/monitor/js/usage/layers.js";
import { busyWords, describe, factsOf, lineWords, rowOf, seconds, whenWords } from "../../../static/monitor/js/usage/words.js";

const NOW = new Date(2026, 11, 1, 12, 0).getTime();
const HOUR = 3600000;

function consumer(name, series, fields = {}) {
  return {
    name, kind: "service", user: "", series, cpu_seconds: 75.4, share_percent: 12.5, highest: 1.5, highest_at: NOW - HOUR, memory_bytes: 2 ** 30, memory_highest_bytes: 2 ** 31,
    memory_growth_bytes: -(2 ** 20), read_bytes: null, written_bytes: 0, waiting_seconds: 3.25, processes: 3, started: 2, ended: 1, ...fields,
  };
}

function rest(kind, series) {
  return { name: kind, kind, user: "", series, cpu_seconds: 1, share_percent: null, highest: null, highest_at: null, memory_bytes: null, memory_highest_bytes: null, memory_growth_bytes: null, read_bytes: null, written_bytes: null, waiting_seconds: null, processes: null, started: null, ended: null };
}

function answer(fields = {}) {
  const times = [0, 1, 2].map((i) => NOW - (3 - i) * HOUR);
  return { start: times[0], end: NOW, by: "cpu", unit: "cores", resolution_seconds: 3600, oldest_at: NOW - 90 * HOUR, times, consumers: [consumer("a", [1, 2, 0.5]), rest("others", [0.25, 0, 0]), rest("not_seen", [0, 0, 0])], ...fields };
}

function line(fields) {
  const given = answer(fields);
  return lineWords(given, new Layers(given), NOW);
}

test("the line says what, of which span, in which steps", () => {
  assert.equal(line(), "CPU by who used it, 1 Dec 09:00 to 12:00; 1-h means.");
  assert.match(line({ by: "read" }), /^Disk reads by who used it, /);
  assert.match(lineWords(answer(), new Layers(answer(), true), NOW, { alone: true }), /^CPU of this one, /);
});

test("live the line stays the same from minute to minute: it is read out when it changes", () => {
  const [one, later] = [0, 60000].map((passed) => ({ ...answer(), start: answer().start + passed, end: answer().end + passed }));
  const lines = [one, later].map((given) => lineWords(given, new Layers(given), given.end, { live: true }));
  assert.equal(lines[0], "CPU by who used it, the last 3 h; 1-h means.");
  assert.equal(lines[1], lines[0]);
  assert.match(lineWords(one, new Layers(one), one.end + 3600000, { live: true }), /^CPU by who used it, \d+ \w+ \d\d:00 to /); // long without a sample
});

test("what is not kept is told, and since when it is", () => {
  const nothing = [rest("others", [null, null, null]), rest("not_seen", [null, null, null])];
  assert.match(line({ oldest_at: null, consumers: nothing }), /^Who uses this machine is known after the first quarter of a minute/);
  assert.equal(line({ oldest_at: NOW, consumers: nothing }), "Who used this machine from 1 Dec 09:00 to 12:00 is not known: it is kept since 12:00.");
  assert.equal(line({ consumers: nothing }), "Nothing is known of who used this machine from 1 Dec 09:00 to 12:00.");
  const late = [consumer("a", [null, null, 1]), ...nothing];
  assert.match(line({ oldest_at: NOW - HOUR, consumers: late }), /; it is kept since 11:00\.$/);
});

test("a moment is named as short as it can be", () => {
  const span = { start: NOW - HOUR, end: NOW, widthMs: 60000 };
  assert.equal(whenWords(NOW - HOUR, span, NOW), "11:00");
  assert.equal(whenWords(NOW - HOUR, { ...span, start: NOW - 7 * 24 * HOUR }, NOW), "Tue 1 Dec 11:00");
  assert.equal(whenWords(NOW - 24 * HOUR, { start: NOW - 25 * HOUR, end: NOW - 24 * HOUR, widthMs: 60000 }, NOW), "Mon 12:00");
  assert.equal(whenWords(NOW - 360 * 24 * HOUR, { ...span, start: NOW - 365 * 24 * HOUR }, NOW), "Sat 6 Dec 2025 12:00");
});

test("who was busy then is told by weight, the rest last, and that nobody was", () => {
  const all = [consumer("a", [0, 0]), consumer("make", [1.5, 0], { user: "anna" }), consumer("c", [null, 0]), rest("others", [2, 0]), rest("not_seen", [0, 0])];
  assert.equal(busyWords(all, 0, "cores"), "make (anna) 1.5 cores, others 2.0 cores");
  assert.equal(busyWords(all, 1, "cores"), "nobody");
  const six = Array.from({ length: 6 }, (_, i) => consumer(`s${i}`, [6 - i]));
  assert.equal(busyWords(six, 0, "percent"), "s0 6.0 %, s1 5.0 %, s2 4.0 %");
});

test("a row tells all that is known, and what is not as unknown", () => {
  const given = answer();
  const layers = new Layers(given);
  const row = rowOf(given.consumers[0], layers, NOW);
  assert.deepEqual([row.cpu, row.share, row.highest, row.when, row.memory, row.growth, row.read, row.written, row.waiting], ["1 min 15 s", "12.5 %", "1.5 cores", "11:00", "1.0 GiB", "−1.0 MiB", "n/a", "0 B", "3.3 s"]);
  const others = rowOf(given.consumers[1], layers, NOW);
  assert.deepEqual([others.isRest, others.share, others.part, others.highest, others.memory], [true, "n/a", 0, "n/a", "n/a"]);
});

test("the facts of one say what was greatest, and that growth may not be known", () => {
  const given = answer();
  const facts = factsOf({ ...given.consumers[0], memory_growth_bytes: null }, new Layers(given), NOW);
  const told = Object.fromEntries(facts.map(([what, figure, note]) => [what, [figure, note]]));
  assert.deepEqual(told["Most CPU"], ["1.5 cores", "11:00"]);
  assert.deepEqual(told["Memory growth"], ["n/a", "not enough is known to tell"]);
  assert.deepEqual(told.Processes, ["3", "most at once; 2 started, 1 ended"]);
});

test("short times keep a digit, long ones their two parts", () => {
  assert.deepEqual([0, 0.04, 9.94, 12.4, 59.7, 4000, null].map(seconds), ["0 s", "0 s", "9.9 s", "12 s", "1 min", "1 h 6 min", "n/a"]);
});

test("the picture is told in words", () => {
  assert.equal(describe("CPU by who used it.", answer()), "CPU by who used it. Shares: a 12.5 %.");
});
