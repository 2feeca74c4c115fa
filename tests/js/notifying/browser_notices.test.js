// Browser notifications: what they say, and to whom.

import assert from "node:assert/strict";
import { test } from "node:test";
import { button, notices } from "../../../static/monitor/js/notifying/browser_notices.js";
import "../page/vocabulary.js";

const ALERT = { id: 3, rule: "CPU", host: "db-01", metric: "cpu_percent", severity: "critical", threshold: 75, value: 96, peak: 99, window_seconds: 0, explanation: "", condition: "CPU busy at 75 % or above", peak_word: "peak", silenced: false };
const WORDS = { metrics: { cpu_percent: { label: "CPU busy", unit: "percent" } } };

test("a notification says severity, rule, host, and why where that is known", () => {
  const [plain] = notices({ fired: [ALERT] }, WORDS);
  assert.deepEqual([plain.title, plain.loud, plain.id], ["Critical: CPU on db-01", true, 3]);
  assert.match(plain.body, /^CPU busy at 75 % or above, now 96\.0 %\.$/);
  assert.equal(notices({ escalated: [{ ...ALERT, explanation: "rsync." }] }, WORDS)[0].body, "rsync.");
});

test("the news of one alert replace each other, and a recovery is quiet", () => {
  const all = notices({ fired: [ALERT], recovered: [ALERT] }, WORDS);
  assert.equal(new Set(all.map(({ tag }) => tag)).size, 1);
  assert.equal(all[1].loud, false);
});

test("of what a silence or maintenance holds back nobody is notified", () => {
  const told = (silenced) => notices({ fired: [{ ...ALERT, silenced }], escalated: [{ ...ALERT, silenced }], recovered: [{ ...ALERT, silenced }] }, WORDS).length;
  assert.deepEqual([told(false), told(true)], [3, 0]);
});

test("a notification of a test says that it is one", () => {
  const titles = notices({ fired: [{ ...ALERT, is_test: true }], recovered: [{ ...ALERT, is_test: true }] }, WORDS).map(({ title }) => title);
  assert.deepEqual(titles, ["Critical (load test): CPU on db-01", "Recovered (load test): CPU on db-01"]);
  const ended = notices({ recovered: [{ ...ALERT, ended: "Ended by hand." }] }, WORDS)[0].title;
  assert.equal(ended, "Ended: CPU on db-01");
});

test("the button works only where a notification could come, and says why not", () => {
  const usual = { secure: true, supported: true, permission: "default", wanted: false };
  assert.deepEqual(button(usual), { disabled: false, pressed: false, word: "Notify me", reason: "" });
  assert.match(button({ ...usual, secure: false, supported: false }).reason, /HTTPS/);
  const { disabled, pressed, reason } = button({ ...usual, permission: "denied", wanted: true });
  assert.deepEqual([disabled, pressed], [true, false]);
  assert.match(reason, /blocked/);
  assert.equal(button({ ...usual, permission: "granted", wanted: true }).pressed, true);
});
