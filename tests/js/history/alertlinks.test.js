// The mark of an alert on a chart, in words and by a click.

import assert from "node:assert/strict";
import { test } from "node:test";
import { linkAlerts, markWords } from "../../../static/monitor/js/history/alertlinks.js";
import { METRICS } from "../page/vocabulary.js";

const alert = (id, fired, resolved, severity = "warning") => ({
  id, rule: `Rule ${id}`, condition: "CPU at 75 %", metric: "cpu_percent", severity, worst_severity: severity, fired_at: fired, resolved_at: resolved,
});

/** A box of 100 px for 1000 ms, whose plot begins at (10, 10); clicks are answered with where they led. */
function wired(episodes) {
  const on = {};
  const opened = [];
  const box = { title: "", classList: { toggle() {} }, addEventListener: (type, act) => (on[type] = act) };
  const chart = { canvas: { getBoundingClientRect: () => ({ left: 0, top: 0 }) }, area: { left: 10, right: 110, top: 10, bottom: 200 }, timeAt: (x) => (x - 10) * 10 };
  globalThis.location = { assign: (to) => opened.push(to) };
  linkAlerts(box, chart, { kind: "cpu", metrics: METRICS, url: "/alerts/0/", view: () => ({ episodes, now: 1000 }) });
  const click = (x, y, from = x) => {
    on.pointerdown({ clientX: from });
    on.click({ clientX: x, clientY: y });
    return opened.splice(0);
  };
  const hover = (x, y) => {
    on.pointermove({ clientX: x, clientY: y, buttons: 0 });
    return box.title;
  };
  return { click, hover };
}

test("a click on the mark opens the gravest alert, one below it or beside it none, and neither does the end of a drag", () => {
  const { click, hover } = wired([alert(7, 200, 400), alert(8, 300, 380, "critical")]);
  assert.deepEqual(click(32, 14), ["/alerts/7/"]);
  assert.deepEqual(click(43, 14), ["/alerts/8/"]);
  assert.deepEqual([click(43, 90), click(90, 14), click(43, 14, 80)], [[], [], []]);
  assert.match(hover(43, 14), /"Rule 8: CPU at 75 %", and 1 more at this time/);
  assert.equal(hover(90, 14), "");
});

test("the words over a mark name what opens", () => {
  assert.equal(markWords([alert(7, 1, 2)]), 'Open the alert "Rule 7: CPU at 75 %"');
});
