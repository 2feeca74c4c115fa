// The model: frames in, state and wishes out; a replay of what a day can bring.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Model } from "../../../static/monitor/js/dashboard/model.js";
import "../page/vocabulary.js";

const START = 1_800_000_000_000;
const VERDICT = { tone: "ok", text: "Fine." };
const values = (cpu) => ({ cpu_percent: cpu, load1: 1, load5: 1, load15: 1 });

function firstPaint(more = {}) {
  return {
    server_time: START,
    host: { name: "db-01", cores: 2, interval: 1 },
    metrics: {},
    stale_after_ms: 5000,
    window: { seconds: 1200, ids: [10], times: [START - 500], series: { cpu_percent: [5], load1: [1], load5: [1], load15: [1] } },
    latest: { id: 10, at: START - 500, values: values(5) },
    mean_2m: { cpu_percent: 4 },
    verdict: VERDICT,
    alerts: { open: [], recent: [], count_24h: 0 },
    rules: [],
    load_test: null,
    load_tests: [],
    sampler: { state: "running", failing: {} },
    ...more,
  };
}

function begin(more) {
  const time = { now: 0 };
  return { time, model: new Model(firstPaint(more), () => time.now) };
}

test("what a part said last stays known though the frames, which serve all, do not tell it", () => {
  const part = { name: "the sampler", sentence: "It keeps ending.", said: ["no disk"] };
  const { model } = begin({ parts: [part] });
  model.take({ type: "status", at: START, parts: [{ ...part, sentence: "It still does.", said: null }] });
  assert.deepEqual(model.parts, [{ ...part, sentence: "It still does." }]);
  model.take({ type: "status", at: START, parts: [] });
  assert.deepEqual(model.parts, []);
  assert.deepEqual(begin({}).model.parts, []);
});

const hello = (lastId) => ({ type: "hello", at: START, last_id: lastId, interval: 1 });
const sample = (id, at, cpu = 50, previous = id - 1) => ({
  type: "sample", id, previous_id: previous, at, values: values(cpu), mean_2m: { cpu_percent: 40 }, verdict: VERDICT,
});

test("a pushed sample becomes the present", () => {
  const { model } = begin();
  const { after } = model.take(sample(11, START + 500, 77));
  assert.deepEqual([after, model.values.cpu_percent, model.mean.cpu_percent, model.age], [null, 77, 40, 0]);
});

test("the groups at work are those of the newest sample, and unknown where it tells none", () => {
  const groups = [{ name: "nginx.service", kind: "service", user: "", cpu_percent: 41.5 }];
  const { model } = begin();
  assert.equal(model.groups, null);
  model.take({ ...sample(11, START + 500), groups });
  assert.deepEqual(model.groups, groups);
  model.take({ ...sample(12, START + 1500), groups: [] });
  assert.deepEqual(model.groups, []);
  model.take(sample(13, START + 2500));
  assert.equal(model.groups, null);
});

test("nothing is fetched when nothing was missed", () => {
  assert.equal(begin().model.take(hello(10)).after, null);
});

test("after a reconnect the page asks for what came after its last sample", () => {
  assert.equal(begin().model.take(hello(25)).after, 10);
});

test("a hole between two pushes is asked for, once", () => {
  const { model } = begin();
  assert.equal(model.take(sample(15, START + 5000)).after, 10);
  assert.equal(model.take(sample(16, START + 6000)).after, null);
});

test("ids of other hosts in between are no hole", () => {
  assert.equal(begin().model.take(sample(40, START + 500, 1, 10)).after, null);
});

test("an empty page asks for one window and no more", () => {
  const { model } = begin({ window: { seconds: 1200, ids: [], times: [], series: {} }, latest: null });
  assert.equal(model.age, null);
  assert.equal(model.take(hello(100_000)).after, 100_000 - 1210);
});

test("samples that are stored late do not turn the present back", () => {
  const { model } = begin();
  model.take(sample(null, START + 500, 60, null));
  model.take(sample(null, START + 1500, 61, null));
  model.take(sample(11, START + 500, 60, 10));
  assert.deepEqual([model.values.cpu_percent, model.seenAt], [61, START + 1500]);
  assert.deepEqual(model.ring.samples.map(({ id }) => id), [10, 11, null]);
});

test("a clock that is set back is followed with the status that tells it", () => {
  const { model } = begin();
  model.take(sample(11, START + 500));
  model.take(sample(12, START - 3_600_000, 9));
  model.take({ type: "status", at: START - 3_600_000 });
  assert.deepEqual([model.values.cpu_percent, model.age, model.ring.steps.length], [9, 0, 1]);
});

test("the newest of samples that the server read from its database tells what time it is there", () => {
  const { model } = begin();
  model.take({ ...sample(11, START - 3_600_000), now: START - 3_599_000 });
  assert.equal(model.age, 1000);
});

test("the page's clock does not follow a sample: one that lies ahead has no age", () => {
  const { model } = begin();
  model.take(sample(11, START + 7_200_000));
  assert.deepEqual([model.age, model.ahead, model.clock.now()], [null, 7_200_000, START]);
  model.take({ type: "status", at: START + 7_201_000 });
  assert.deepEqual([model.age, model.ahead], [1000, 0]);
});

test("a page whose newest sample lies ahead from the start does not know its age", () => {
  const { model, time } = begin({ latest: { id: 10, at: START + 7_200_000, values: values(5) } });
  time.now = 60_000;
  assert.deepEqual([model.age, model.ahead], [null, 7_140_000]);
});

test("the age grows while nothing comes, and the window moves on with the clock", () => {
  const { model, time } = begin();
  time.now = 130_000;
  assert.equal(model.age, 130_500);
  assert.equal(model.window(true).end, START - 500);
  assert.equal(model.window(false).end, START + 130_000);
});

test("fetched samples that are newer than the present become it", () => {
  const { model } = begin();
  model.fill([{ id: 11, at: START + 500, values: values(33) }, { id: 9, at: START - 1500, values: values(1) }]);
  assert.deepEqual([model.values.cpu_percent, model.seenAt, model.ring.samples.length], [33, START + 500, 3]);
});

test("the set of alerts is taken whole and its news are told", () => {
  const { model } = begin();
  const alert = { id: 1, fired_at: START };
  assert.deepEqual(model.take({ type: "alerts", open: [alert], recent: [alert], count_24h: 1 }).fired, [alert]);
  assert.deepEqual(model.take({ type: "alerts", open: [alert], recent: [alert], count_24h: 1 }).fired, []);
  assert.deepEqual(model.take({ type: "alerts", open: [], recent: [alert], count_24h: 1 }).recovered, [alert]);
});

test("a status without a field leaves that field alone", () => {
  const { model } = begin({ load_test: { id: 1, ended_at: null } });
  model.take({ type: "status", at: START });
  assert.deepEqual([model.loadTest.id, model.sampler.state, model.host.cores], [1, "running", 2]);
  model.take({ type: "status", at: START, load_test: null, sampler: { state: "stopped" }, host: { cores: 4 } });
  assert.deepEqual([model.loadTest, model.sampler.state, model.host], [null, "stopped", { name: "db-01", cores: 4, interval: 1 }]);
});

test("an unknown frame of a newer server is left alone", () => {
  const { model } = begin();
  assert.deepEqual(model.take({ type: "novel" }), { after: null, fired: [], escalated: [], recovered: [] });
});

test("that nothing sends the messages comes with the status", () => {
  const { model } = begin();
  const silences = { count: 0, until_at: null, standing: [] };
  model.take({ type: "status", at: START, silences, receivers: [], no_notifier: true });
  assert.equal(model.notifications.no_notifier, true);
});

test("how long a sample is of now is told by the server, anew when the interval is another", () => {
  const { model } = begin();
  assert.equal(model.limit, 5000);
  model.take({ type: "status", at: START, stale_after_ms: 30_000 });
  assert.equal(model.limit, 30_000);
  model.take({ type: "status", at: START });
  assert.equal(model.limit, 30_000);
});

test("rules that were edited come with the status", () => {
  const { model } = begin();
  model.take({ type: "status", at: START, rules: [{ name: "CPU", threshold: 80 }] });
  assert.equal(model.rules[0].threshold, 80);
  model.take({ type: "status", at: START });
  assert.equal(model.rules.length, 1);
});

test("load tests that have left the window are forgotten", () => {
  const { model } = begin({ load_tests: [{ id: 1, ended_at: START - 1_300_000 }, { id: 2, ended_at: START - 100 }] });
  model.setLoadTest({ id: 3, ended_at: null });
  assert.deepEqual(model.tests.map(({ id }) => id), [2, 3]);
});

test("a page that stays open for a day holds one window", () => {
  const { model } = begin();
  for (let i = 0; i < 86_400; i += 1) model.take(sample(11 + i, START + 500 + i * 1000));
  assert.equal(model.ring.samples.length, 1201);
});

test("the reasons of gaps come with the page and with each status", () => {
  const suspended = { start_at: START - 60_000, end_at: START - 30_000, kind: "suspended", note: "" };
  const { model } = begin({ gaps: [suspended] });
  assert.deepEqual(model.gaps, [suspended]);
  model.take({ type: "status", at: START, sampler: null });
  assert.deepEqual(model.gaps, [suspended]);
  model.take({ type: "status", at: START, gaps: [] });
  assert.deepEqual(model.gaps, []);
});
