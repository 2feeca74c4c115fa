// When a machine was overloaded, in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { overloadFailure, overloadWords } from "../../../static/monitor/js/history/overload.js";
import { HOUR, MINUTE, NOW } from "./hours.js";

const LOAD = { metric: "load1", worst: 7.2, limit: 2 };
const episode = (start, end, more = {}) => ({
  start_at: start, end_at: end, seconds: (end - start) / 1000, least_seconds: (end - start) / 1000, resolution_seconds: 0, reached: [LOAD], alerts: [], ...more,
});
const LAST = episode(NOW - 3 * HOUR, NOW - 2 * HOUR);
const answer = (more = {}) => ({ oldest_at: 0, count: 0, total_seconds: 0, unknown_seconds: 0, last: null, ongoing: false, ...more });

test("when the machine was overloaded, how often and how long, is one sentence", () => {
  assert.deepEqual(overloadWords(answer({ count: 1, total_seconds: 3600, last: LAST }), NOW), {
    text: "Overloaded once in this span; last 09:00 to 10:00 (1 h; load up to 7.20 on 2 cores).",
    last: { start: LAST.start_at, end: LAST.end_at },
  });
  assert.match(overloadWords(answer({ count: 3, total_seconds: 9000, last: LAST }), NOW).text, /^Overloaded 3 times in this span, 2 h 30 min in all; last 09:00/);
});

test("a calm span tells when it was last, or that it never was", () => {
  assert.match(overloadWords(answer({ last: LAST }), NOW).text, /^Not overloaded in this span; last 09:00 to 10:00/);
  assert.equal(overloadWords(answer(), NOW).text, "Not overloaded in this span; nor ever before, as far as is kept.");
});

test("one that goes on, what stood then, and what else reached its limit are told", () => {
  const reached = [LOAD, { metric: "cpu_percent", worst: 99.4, limit: 95 }];
  const alerts = [{ id: 1, title: "Load" }, { id: 2, title: "CPU" }, { id: 3, title: "Load" }];
  const last = episode(NOW - 5 * MINUTE, NOW, { reached, alerts });
  const { text } = overloadWords(answer({ count: 1, last, ongoing: true }), NOW);
  assert.equal(text, "Overloaded once in this span; still since 11:55 (5 min; load up to 7.20 on 2 cores; CPU up to 99.4 %; alerts then: Load, CPU).");
});

test("what buckets tell is told as such, and what is unknown too", () => {
  const last = episode(NOW - 3 * HOUR, NOW - 2 * HOUR, { resolution_seconds: 900, least_seconds: 240 });
  const { text } = overloadWords(answer({ last, unknown_seconds: 7200 }), NOW);
  assert.equal(text, "Not overloaded in this span; last 09:00 to 10:00 (1 h by 15-min means, 4 min at least; load up to 7.20 on 2 cores). Of 2 h of it nothing is known.");
});

test("where nothing is kept nothing is said, and a failure is told", () => {
  assert.deepEqual(overloadWords(answer({ oldest_at: null }), NOW), { text: "", last: null });
  assert.equal(overloadFailure({ status: 503, error: "Try again." }), "When it was overloaded cannot be told: Try again.");
});
