// Silences in words, and the form that makes them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { endOf, offers, quietLines, request, tomorrowMorning } from "../../../static/monitor/js/notifying/silences.js";

const NOW = new Date(2026, 10, 24, 12, 0, 0).getTime();
const YEAR = 366 * 86400000;
const at = (hour, minute = 0) => new Date(2026, 10, 24, hour, minute).getTime();
const silence = (fields) => ({ id: 7, rule: null, host: null, maintenance: false, until_at: at(18), ...fields });
const facts = (standing, receivers = []) => ({ silences: { count: standing.length, until_at: null, standing }, receivers });
const texts = (...given) => quietLines(facts(...given), NOW).map(({ text }) => text);

test("where nothing hinders nothing is said", () => {
  assert.deepEqual(quietLines(facts([]), NOW), []);
});

test("maintenance is told apart, and can be ended", () => {
  const [line] = quietLines(facts([silence({ maintenance: true, until_at: at(14, 5) })]), NOW);
  assert.deepEqual(line, { key: "maintenance", text: "Maintenance until 14:05: messages are held back.", end: 7 });
});

test("one silence is told with what it holds back, more are counted", () => {
  assert.deepEqual(texts([silence({ rule: "Load", host: "db-01" })]), ["Silence until 18:00: messages of Load on db-01 are held back."]);
  assert.deepEqual(texts([silence({}), silence({ until_at: at(16) })]), ["2 silences are active, until 18:00."]);
  assert.deepEqual(texts([silence({}), silence({ until_at: null })]), ["2 silences are active."]);
  assert.deepEqual(texts([silence({ until_at: null })]), ["Silence until somebody ends it: messages of every rule are held back."]);
});

test("a weekly silence says that it is one, and that it is ended for this time", () => {
  const [line] = quietLines(facts([silence({ rule: "Load", weekly: true })]), NOW);
  assert.equal(line.text, "Weekly silence until 18:00: messages of Load are held back.");
  assert.equal(line.word, "End it for this time");
});

test("a silence that ends on another day says which", () => {
  assert.deepEqual(texts([silence({ until_at: new Date(2026, 10, 26, 8).getTime() })]), ["Silence until 26 Nov 08:00: messages of every rule are held back."]);
});

test("a dead receiver is named with the time", () => {
  assert.deepEqual(texts([], [{ name: "ops-mail", since_at: at(11, 1) }]), ["Messages to ops-mail fail since 11:01:00."]);
});

test("where nothing sends the messages, that comes first", () => {
  const lines = quietLines({ ...facts([silence({})]), no_notifier: true }, NOW);
  assert.deepEqual(lines.map(({ key }) => key), ["notifier", "silences"]);
  assert.equal(lines[0].text, "Messages are not being sent: no notifier runs. To start one: .venv/bin/python manage.py runnotifier.");
});

test("tomorrow morning is eight o'clock of the next day, by the local clock", () => {
  const morning = new Date(tomorrowMorning(at(23, 59)));
  assert.deepEqual([morning.getDate(), morning.getHours(), morning.getMinutes()], [25, 8, 0]);
});

test("each choice has its end, and a wrong time its sentence", () => {
  assert.equal(endOf("4h", NaN, NOW, YEAR).until - NOW, 4 * 3600000);
  assert.equal(endOf("custom", NOW + 5, NOW, YEAR).until, NOW + 5);
  assert.equal(endOf("custom", NaN, NOW, YEAR).error, "Say until when.");
  assert.equal(endOf("custom", NOW, NOW, YEAR).error, "The end must lie in the future.");
  assert.match(endOf("custom", NOW + YEAR + 1, NOW, YEAR).error, /a year at most/);
  assert.equal(endOf("custom", NOW + YEAR, NOW, YEAR).until, NOW + YEAR);
});

test("everything, this host or one rule can be silenced, and the request says which", () => {
  const all = offers("db-01", ["Load", "everything"]);
  assert.deepEqual(all.map(({ text }) => text), ["everything", "everything on db-01", "Load", "everything"]);
  const asked = all.map(({ value }) => request({ what: value, note: " ", until: 0 })).map(({ rule, host }) => [rule, host]);
  assert.deepEqual(asked, [[null, null], [null, "db-01"], ["Load", null], ["everything", null]]);
});

test("the request says null for what is left open", () => {
  const [{ value }] = offers("db-01", []);
  assert.deepEqual(request({ what: value, note: " ", until: 0 }), { rule: null, host: null, until: "1970-01-01T00:00:00.000Z", note: null });
});
