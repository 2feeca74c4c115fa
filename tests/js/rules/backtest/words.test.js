import assert from "node:assert/strict";
import test from "node:test";
import { bands, caption, completeness, judgedUnit, lines, listTitle, preview, query, rows, suggestion } from "../../../../static/monitor/js/rules/backtest/words.js";

// What an empty field stands for, as the server sends it.
const FIELDS = {
  metric: "", comparison: "above", statistic: "mean", threshold: null, clear_threshold: null, window_seconds: 0, for_seconds: 0, hold_seconds: 0, per_core: false,
  level: null, unless_metric: "", unless_value: null, critical_threshold: null, critical_clear_threshold: null, critical_metric: "",
};
const TYPED = { metric: "load1", threshold: " 1 ", clear_threshold: "0.8", window_seconds: "", per_core: true, for_seconds: "30", hold_seconds: "60" };
const EPISODE = { started_at: 0, fired_at: 60000, resolved_at: 180000, last_seen_at: 180000, peak: 91.26, end_observed: true };
const answer = (fields) => ({ count: 1, episodes: [EPISODE], start_at: 0, end_at: 300000, threshold: 75, clear: 65, ...fields });

test("the query carries every number as it is typed", () => {
  assert.equal(
    query(FIELDS, TYPED, "db 01", 30),
    "host=db+01&metric=load1&days=30&comparison=above&statistic=mean&threshold=1&clear_threshold=0.8&window_seconds=0&for_seconds=30&hold_seconds=60&per_core=true",
  );
});

test("what is missing is told, and thresholds that are missing are out of reach", () => {
  assert.equal(completeness(TYPED), "all");
  assert.equal(completeness({ ...TYPED, metric: "" }), "none");
  for (const name of ["threshold", "clear_threshold"]) {
    const numbers = { ...TYPED, [name]: " " };
    assert.equal(completeness(numbers), "metric");
    assert.match(query(FIELDS, numbers, "db", 30), /&threshold=900000000000000&clear_threshold=900000000000000&/);
  }
});

test("thresholds that are missing are out of reach for a share and for a rule that fires below too", () => {
  const missing = { ...TYPED, threshold: "" };
  assert.match(query(FIELDS, { ...missing, statistic: "share" }, "db", 30), /&threshold=100&clear_threshold=100&/);
  assert.match(query(FIELDS, { ...missing, comparison: "below" }, "db", 30), /&threshold=-900000000000000&/);
  assert.doesNotMatch(query(FIELDS, { ...missing, critical_threshold: "5" }, "db", 30), /critical/);
  assert.deepEqual(preview(answer()).episodes, []);
});

test("what is optional is asked only where it is typed", () => {
  const more = { level: 90, critical_threshold: "95.0", critical_clear_threshold: null, critical_metric: "load5", unless_metric: "", unless_value: " " };
  assert.match(query(FIELDS, { ...TYPED, ...more }, "db", 30), /per_core=true&level=90&critical_threshold=95&critical_metric=load5$/);
});

test("a share of time is in percent, and has no line among the values of its metric", () => {
  assert.equal(judgedUnit({ statistic: "share" }, "bytes"), "percent");
  assert.equal(judgedUnit({ statistic: "max" }, "bytes"), "bytes");
  assert.deepEqual(lines(answer({ statistic: "share" }), "info", "load"), []);
});

test("what is no number goes to the server as it is, to be refused with a sentence", () => {
  assert.match(query(FIELDS, { ...TYPED, threshold: "seven" }, "db", 30), /&threshold=seven&/);
});

test("a stored rule and the same numbers in the form ask the same", () => {
  const stored = { metric: "load1", threshold: 1, clear_threshold: 0.8, window_seconds: 0, per_core: true, for_seconds: 30, hold_seconds: 60 };
  assert.equal(query(FIELDS, stored, "db", 30), query(FIELDS, { ...TYPED, threshold: "1.0" }, "db", "30"));
});

test("the suggestion names its unit, per core where the rule is", () => {
  const told = suggestion({ suggested_threshold: 95, suggested_clear_threshold: 83 }, "percent", false);
  assert.match(told, /^Suggested: threshold 95 %, clear 83 %\./);
  assert.match(suggestion({ suggested_threshold: 0.9, suggested_clear_threshold: 0.78 }, "load", true), /threshold 0.9 per core, clear 0.78 per core/);
  assert.match(suggestion({ suggested_threshold: null, suggested_clear_threshold: null, no_suggestion: "No threshold is suggested: because." }, "load", true), /^No threshold is suggested/);
});

test("two lines, or one where both thresholds are the same, or none where the cores are unknown", () => {
  assert.deepEqual(lines(answer(), "critical", "percent").map(({ value, text }) => [value, text]), [[65, "clears below 65 %"], [75, "fires at 75 %"]]);
  assert.equal(lines(answer({ clear: 75 }), "critical", "percent").length, 1);
  assert.deepEqual(lines(answer({ threshold: null, clear: null }), "critical", "percent"), []);
  const below = lines(answer({ threshold: 10, clear: 15, critical_threshold: 5, comparison: "below" }), "warning", "percent");
  assert.deepEqual(below.map(({ severity, text }) => [severity, text]), [["critical", "critical at 5 %"], ["warning", "fires at 10 %"], ["info", "clears above 15 %"]]);
});

test("an alert that still stands is a band to the end of the span", () => {
  assert.deepEqual(bands(answer({ episodes: [{ ...EPISODE, resolved_at: null }] }), "info", 0), [{ start: 60000, end: 300000, severity: "info" }]);
});

test("an alert that would have become critical is drawn as such", () => {
  assert.equal(bands(answer({ episodes: [{ ...EPISODE, severity: "critical" }] }), "info", 0)[0].severity, "critical");
});

test("an alert too short to be seen is drawn a little longer", () => {
  assert.deepEqual(bands(answer(), "info", 200000), [{ start: 60000, end: 260000, severity: "info" }]);
});

test("rows come newest first, fifty at most, with words for an end that is missing or was not seen", () => {
  const open = { ...EPISODE, fired_at: 240000, resolved_at: null };
  const unseen = { ...EPISODE, last_seen_at: 120000, end_observed: false };
  const found = rows(answer({ episodes: [EPISODE, unseen, open] }), "percent");
  assert.deepEqual(found.map((row) => row.slice(1)), [["not yet", "1 min, still", "91.3 %"], ["not observed", "at least 1 min", "91.3 %"], [found[2][1], "2 min", "91.3 %"]]);
  assert.equal(rows(answer({ episodes: Array(80).fill(EPISODE) }), "percent").length, 50);
});

test("the title of the list counts", () => {
  assert.equal(listTitle(answer()), "The one alert that would have fired");
  assert.equal(listTitle(answer({ count: 2, episodes: [EPISODE, EPISODE] })), "The 2 alerts that would have fired");
  assert.equal(listTitle(answer({ count: 118, episodes: Array(118).fill(EPISODE) })), "The newest 50 of 118 alerts that would have fired");
});

test("the caption names the width of a bucket", () => {
  assert.match(caption("CPU busy", { resolution_seconds: 7200, start_at: 0, end_at: 30 * 86400000 }), /^CPU busy over 30 days: the mean of each 2 h as a line/);
});
