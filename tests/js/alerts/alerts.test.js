// Alerts: what the sets say, in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as alerts from "../../../static/monitor/js/alerts/alerts.js";
import "../page/vocabulary.js";

const NOW = new Date(2026, 10, 24, 12, 43, 17).getTime();

const WORDS = {
  metrics: { cpu_percent: { label: "CPU busy", unit: "percent" }, load1: { label: "Load 1 min", unit: "load" } },
};

const alert = (id, more = {}) => ({
  id, rule: "CPU", metric: "cpu_percent", severity: "warning", state: "firing", started_at: NOW - 190_000, fired_at: NOW - 130_000,
  resolved_at: null, comparison: "above", statistic: "mean", window_seconds: 0, threshold: 75, clear: 65, condition: "CPU busy at 75 % or above", peak_word: "peak", value: 94.2, peak: 98.4, is_test: false, end_observed: true, last_seen_at: NOW, ...more,
});
const set = (open, recent = open) => ({ open, recent, count_24h: recent.length });

test("a new open alert has fired, one that left has recovered", () => {
  const over = alert(1, { resolved_at: NOW, state: "resolved", value: 60 });
  const { fired, recovered } = alerts.changes(set([alert(1)]), set([alert(2)], [alert(2), over]));
  assert.deepEqual([fired.map(({ id }) => id), recovered], [[2], [over]]);
});

test("what is not measured any more keeps its last value, and is said", () => {
  const unseen = "/data is no longer measured: the alert stays open until it is seen again or somebody ends it.";
  const gone = alert(1, { unseen, unseen_since: NOW - 60_000 });
  assert.equal(alerts.withPresent(gone, { cpu_percent: 24 }, {}).value, 94.2);
  assert.equal(alerts.present(gone, WORDS, NOW), `(2 min 10 s), last seen 94.2 %, peak 98.4 %. Since 12:42:17: ${unseen}`);
  assert.equal(alerts.row(gone, WORDS, NOW).ended, "ongoing, not measured");
});

test("the alerts of a span are as they are known now, and nothing else is listed", () => {
  const [then, other] = [alert(1), alert(2)];
  const over = alert(1, { resolved_at: NOW, state: "resolved" });
  const { open, recent } = alerts.ofSpan([then, alert(7)], set([other], [other, over]));
  assert.deepEqual(open, []);
  assert.deepEqual(recent, [over, alert(7)]);
});

test("a list tells how much of it is shown, also of what was not sent, and of which time none is there", () => {
  assert.equal(alerts.listedWords(20, 20), "");
  assert.equal(alerts.listedWords(20, 73), "The newest 20 of 73.");
  assert.equal(alerts.listedWords(20, 500, 1200), "The newest 20 of 1,700.");
  assert.deepEqual([true, false].map(alerts.noneWords), ["No alert stood in this span.", "No alert has fired yet."]);
});

test("what somebody ended is not said to have recovered", () => {
  const over = alert(1, { resolved_at: NOW, state: "resolved", ended: "Ended by hand: /data was not measured any more." });
  assert.match(alerts.announcement({ recovered: [over] }, WORDS), /^Ended at /);
  assert.match(alerts.announcement({ recovered: [{ ...over, ended: "" }] }, WORDS), /^Recovered at /);
  assert.deepEqual([over, { ...over, ended: "" }, alert(1)].map((one) => alerts.row(one, WORDS, NOW).over), ["ended", "recovered", ""]);
});

test("the same set again says nothing", () => {
  const { fired, recovered } = alerts.changes(set([alert(1)]), set([alert(1, { value: 99 })]));
  assert.equal(alerts.announcement({ fired, recovered }, WORDS), "");
});

test("firing and recovery are announced in words", () => {
  const words = alerts.announcement({ fired: [alert(1)], recovered: [alert(2, { metric: "load1", threshold: 2, condition: "Load 1 min at 2 or above", resolved_at: NOW })] }, WORDS);
  assert.equal(words, "Alert fired at 12:41:07: CPU busy at 75 % or above, now 94.2 %. Recovered at 12:43:17: Load 1 min at 2 or above.");
});

test("the gravest alert comes first, then the newest", () => {
  const sorted = alerts.byWeight([alert(1), alert(2, { severity: "critical" }), alert(3, { fired_at: NOW }), alert(4, { severity: "info" })]);
  assert.deepEqual(sorted.map(({ id }) => id), [2, 3, 1, 4]);
});

test("an open alert is listed once, as the open set tells it", () => {
  const all = alerts.combined(set([alert(1, { value: 99 })], [alert(1), alert(0, { fired_at: NOW - 500_000, resolved_at: NOW - 400_000 })]));
  assert.deepEqual(all.map(({ id, value }) => [id, value]), [[1, 99], [0, 94.2]]);
});

test("a row of an open alert", () => {
  const { ended, lasted, peak, fired, open } = alerts.row(alert(1), WORDS, NOW);
  assert.deepEqual([fired, ended, lasted, peak, open], ["12:41:07", "ongoing", "2 min 10 s", "98.4 %", true]);
});

test("an alert that calms down is still ongoing", () => {
  assert.equal(alerts.row(alert(1, { state: "recovering" }), WORDS, NOW).ended, "ongoing, calming down");
});

test("a row of a recovered alert of a load test", () => {
  const { ended, lasted, test: mark } = alerts.row(alert(1, { resolved_at: NOW - 10_000, is_test: true }), WORDS, NOW);
  assert.deepEqual([ended, lasted, mark], ["12:43:07", "2 min", true]);
});

test("an end that nobody saw is not claimed to be known", () => {
  const unseen = alert(1, { resolved_at: NOW, end_observed: false, last_seen_at: NOW - 60_000 });
  const { ended, lasted } = alerts.row(unseen, WORDS, NOW);
  assert.deepEqual([ended, lasted], ["between 12:42:17 and 12:43:17, not observed", "at least 1 min 10 s"]);
});

test("how long it lasted agrees with the whole seconds of its times", () => {
  const { lasted } = alerts.row(alert(1, { fired_at: NOW - 20_001, resolved_at: NOW - 9_002 }), WORDS, NOW);
  assert.equal(lasted, "11 s");
});

test("an alert that is over is shown with its worst severity, an open one with the present one", () => {
  const calmed = { severity: "warning", worst_severity: "critical" };
  assert.equal(alerts.row(alert(1, { ...calmed, resolved_at: NOW }), WORDS, NOW).word, "Critical");
  assert.equal(alerts.row(alert(1, calmed), WORDS, NOW).word, "Warning");
});

test("a share of time is told in percent whatever its metric is in", () => {
  const share = alert(1, { metric: "load1", statistic: "share", window_seconds: 600, threshold: 50, value: 61.5 });
  assert.equal(alerts.amount(share.value, share, WORDS), "61.5 %");
});

test("an alert that gets worse is told, one that steps down is not", () => {
  const critical = alert(1, { severity: "critical" });
  const news = alerts.changes(set([alert(1)]), set([critical]));
  assert.deepEqual([news.fired, news.escalated, news.recovered], [[], [critical], []]);
  assert.equal(alerts.announcement(news, WORDS), "Now critical: CPU busy at 75 % or above, now 94.2 %.");
  assert.deepEqual(alerts.changes(set([critical]), set([alert(1)])).escalated, []);
});

test("an open alert is told with the value of this second, a mean with the mean", () => {
  const present = (more) => {
    const { value, peak } = alerts.withPresent(alert(1, { value: 75.3, peak: 75.3, ...more }), { cpu_percent: 40 }, { cpu_percent: 99 });
    return [value, peak];
  };
  assert.deepEqual(present({}), [40, 75.3]);
  assert.deepEqual(present({ window_seconds: 120 }), [99, 99]);
  assert.deepEqual(present({ window_seconds: 120, statistic: "max" }), [75.3, 75.3]);
  assert.deepEqual(present({ comparison: "below" }), [40, 40]);
  assert.equal(alerts.withPresent(alert(1), null, null).value, 94.2);
});

test("the tile counts what is open", () => {
  assert.equal(alerts.tileNote(set([])), "none open");
  assert.equal(alerts.tileNote(set([alert(1), alert(2)])), "2 open: warning");
  const three = [alert(1, { severity: "info" }), alert(2, { severity: "critical" }), alert(3, { severity: "critical" })];
  assert.equal(alerts.tileNote(set(three)), "3 open: 2 critical, 1 info");
});

test("a row knows the span to look at: the alert with its surroundings", () => {
  const { span } = alerts.row(alert(1, { started_at: NOW - 3_600_000, fired_at: NOW - 3_500_000, resolved_at: NOW }), WORDS, NOW);
  assert.deepEqual([NOW - span.start, span.end - NOW], [5_400_000, 1_800_000]);
  assert.equal(alerts.row(alert(1, { started_at: NaN, resolved_at: NOW }), WORDS, NOW).span, null);
});

test("a line of the banner tells of now, or of when its value was last seen", () => {
  assert.equal(alerts.present(alert(1), WORDS, NOW), "(2 min 10 s), now 94.2 %, peak 98.4 %");
  assert.equal(alerts.present(alert(1, { comparison: "below", value: 7, peak: 5, peak_word: "lowest" }), WORDS, NOW), "(2 min 10 s), now 7.0 %, lowest 5.0 %");
  const test = alert(1, { state: "recovering", is_test: true });
  assert.equal(alerts.present(test, WORDS, NOW, NOW - 60_000), "last 94.2 % at 12:42:17, peak 98.4 %, calming down, during a load test");
});
