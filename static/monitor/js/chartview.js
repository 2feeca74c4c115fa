// Both charts together: one window of time, one cursor, legends, descriptions for a screen reader.

import { alertBands, cluster, clip, testBands } from "./bands.js";
import { LiveChart } from "./chart.js";
import { cursorAt, listen } from "./cursor.js";
import { element, setText, slot } from "./element.js";
import { clockTime, inUnit, minuteTime } from "./format.js";
import { combined } from "./alerts.js";
import { Legend } from "./legend.js";
import { chartLines } from "./lines.js";
import { palette } from "./palette.js";
import { CHARTS, NAMES, toggled } from "./series.js";
import { recall, remember } from "./storage.js";
import { summary } from "./table.js";

const KINDS = Object.keys(CHARTS);

export class ChartView {
  #parts = {};
  #hidden = recall("hidden", []);
  #at = null;
  #frame = 0;
  #described = null;

  /** @param {object} options {ring, metrics, cores, limit, onDraw} */
  constructor(options) {
    Object.assign(this, options);
    this.#hidden = Array.isArray(this.#hidden) ? this.#hidden : [];
    if (NAMES.every((name) => this.#hidden.includes(name))) this.#hidden = [];
    for (const kind of KINDS) this.#build(kind);
    this.repaint();
  }

  #build(kind) {
    const panel = document.querySelector(`[data-chart="${kind}"]`);
    const box = slot("box", panel);
    if (!globalThis.Chart) {
      box.replaceChildren(element("p", { class: "no-chart" }, "The chart library is missing. On the server: python manage.py vendor"));
      return;
    }
    const series = CHARTS[kind];
    const canvas = box.querySelector("canvas");
    const top = kind === "cpu" ? 100 : null;
    const chart = new LiveChart({ canvas, series, top, suggestedTop: (this.cores ?? 1) * 1.25, limit: this.limit });
    const legend = new Legend(slot("legend", panel), series, this.metrics, (name, visible) => this.#toggle(name, visible));
    legend.hide(this.#hidden);
    listen(box, chart, this.ring, () => this.#at, (at, byKey) => this.#move(at, byKey));
    this.#parts[kind] = { chart, legend, canvas };
  }

  #toggle(name, visible) {
    this.#hidden = toggled(this.#hidden, name, visible);
    remember("hidden", this.#hidden);
    this.onDraw();
    return this.#hidden;
  }

  /** Reads the colours anew: after a change of theme. */
  repaint() {
    const colours = palette();
    for (const { chart } of Object.values(this.#parts)) {
      chart.paint(colours);
      chart.resize();
    }
  }

  get #cursor() {
    return this.#at === null ? null : cursorAt(this.ring, this.#at, this.limit);
  }

  #move(at, byKey) {
    if (at === null && this.#at === null) return;
    this.#at = at;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#showCursor(byKey));
  }

  #showCursor(byKey) {
    for (const { chart } of Object.values(this.#parts)) chart.point(this.#cursor, this.#hidden);
    this.readings(this.current);
    if (byKey) setText(slot("cursor-text"), this.#spoken());
  }

  #spoken() {
    const cursor = this.#cursor;
    if (!cursor) return "Cursor off.";
    const words = Object.values(CHARTS).flat().map(({ name }) => {
      const { label = name, unit = "" } = this.metrics[name] ?? {};
      return `${label} ${inUnit(cursor.values?.[name] ?? null, unit)}`;
    });
    return `${clockTime(cursor.at)}: ${words.join(", ")}`;
  }

  /** Legends: values at the cursor, else the latest ones, with their time unless they are live. */
  readings(current, currentAt = this.currentAt) {
    Object.assign(this, { current, currentAt });
    const { values, at } = this.#cursor ?? { values: current, at: currentAt };
    for (const { legend } of Object.values(this.#parts)) legend.show(values, at);
  }

  /** Draws the window that ends at `end`. */
  draw({ start, end, cores, alerts, tests, rules, now, current, currentAt }) {
    const perPixel = (end - start) / 1000;
    if (this.#at !== null && this.#at < start) this.#at = null;
    for (const kind of KINDS.filter((name) => this.#parts[name])) {
      const inside = (bands) => bands.map((band) => clip(band, { start, end })).filter(Boolean);
      this.#parts[kind].chart.show({
        ring: this.ring,
        start,
        end,
        hidden: this.#hidden,
        alerts: cluster(inside(alertBands(combined(alerts), kind, now)), 3 * perPixel),
        tests: inside(testBands(tests, now)),
        lines: chartLines(kind, rules, this.metrics, cores),
        cursor: this.#cursor,
      });
    }
    this.readings(current, currentAt);
    this.#describe(alerts, now);
  }

  /** Once a minute: what the canvas shows, in words. */
  #describe(alerts, now) {
    const minute = Math.floor(now / 60000);
    if (minute === this.#described) return;
    this.#described = minute;
    for (const [kind, { chart, canvas }] of Object.entries(this.#parts)) {
      const lines = CHARTS[kind].map(({ name }) => describe(name, this.metrics, this.ring.samples, this.current));
      const gaps = chart.gaps.length === 1 ? "1 gap" : `${chart.gaps.length} gaps`;
      const open = alerts.open.length === 1 ? "1 open alert" : `${alerts.open.length} open alerts`;
      canvas.setAttribute("aria-label", `Last 20 minutes. ${lines.join(" ")} ${gaps}, ${open}.`);
    }
  }

  resize() {
    for (const { chart } of Object.values(this.#parts)) chart.resize();
  }
}

function describe(name, metrics, samples, current) {
  const { label = name, unit = "" } = metrics[name] ?? {};
  const { mean, high, highAt } = summary(samples, name);
  if (mean === null) return `${label}: no data.`;
  const now = inUnit(current?.[name] ?? null, unit);
  return `${label}: now ${now}, mean ${inUnit(mean, unit)}, highest ${inUnit(high, unit)} at ${minuteTime(highAt)}.`;
}
