// The stacked chart of By what: the span by consumer, under the cursor that all charts share.

import { TimeChart } from "../charts/chart.js";
import { listen } from "../charts/cursor.js";
import { hasLibrary } from "../charts/library.js";
import { palette } from "../charts/palette.js";
import { slot } from "../page/element.js";
import { threshold } from "../page/format.js";
import { titleOf } from "./consumers.js";
import { KINDS } from "./kinds.js";
import { LAYERS, MOST } from "./layers.js";

const COLOURS = ["cpu", "load1", "load5", "load15", "fifth", "sixth"];
const LONGEST_LABEL = 24;
// On a narrow chart the names would hide each other: the table below is its legend.
const LEAST_LABELLED = 480;
const STRIPE = 6;

/** Stripes of a colour: what nobody saw looks like no consumer. */
function striped(colour) {
  const tile = Object.assign(document.createElement("canvas"), { width: STRIPE, height: STRIPE });
  const ctx = tile.getContext("2d");
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5;
  for (const shift of [-STRIPE, 0, STRIPE]) {
    ctx.moveTo(shift, STRIPE);
    ctx.lineTo(shift + STRIPE, 0);
  }
  ctx.stroke();
  return ctx.createPattern(tile, "repeat");
}

function shortened(text) {
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;
}

export class UsageChart {
  #series = LAYERS.map((name) => ({ name, colour: name, dash: [], width: 1, text: "" }));
  #shown = null;
  #near = false;
  #stale = false;

  /** @param {Explorer} explorer whose span and cursor it shares */
  constructor(explorer) {
    this.charts = explorer.dashboard.charts;
    this.box = slot("usage-box");
    this.canvas = this.box.querySelector("canvas");
    if (!hasLibrary(this.box)) return;
    this.chart = new TimeChart({ canvas: this.canvas, series: this.#series, panel: { stacked: true } });
    listen(this.box, this.chart, () => this.#shown?.layers ?? { samples: [], nearest: () => null }, () => this.charts.at, (at, byKey) => this.charts.move(at, byKey));
    explorer.steering.steer(this);
    this.repaint();
    new IntersectionObserver((entries) => {
      this.#near = entries.at(-1).isIntersecting;
      if (this.#near && this.#stale) this.#draw();
    }, { rootMargin: "100px" }).observe(this.box);
  }

  /** Shows {layers, colours: a number for each named consumer, alone: whether there is but one, start, end, limit, cores}. */
  show(shown) {
    const { layers, colours, alone } = shown;
    const before = this.#shown?.layers.by;
    const isNamed = !alone && this.box.clientWidth >= LEAST_LABELLED;
    this.#shown = shown;
    if (!this.chart) return;
    this.#series.forEach((series, i) => {
      const consumer = layers.named[i];
      if (i < MOST) Object.assign(series, { colour: COLOURS[colours[i] ?? i], text: consumer && isNamed ? shortened(titleOf(consumer)) : "" });
    });
    if (before !== layers.by) this.chart.become({ ...KINDS[layers.by], stacked: true });
    this.repaint();
    this.draw();
  }

  /** Draws it as the window has moved on: {start, end}. */
  draw(bounds = {}) {
    if (!this.#shown) return;
    Object.assign(this.#shown, bounds);
    this.#stale = true;
    if (this.#near || document.hidden) this.#draw();
  }

  #draw() {
    const { layers, start, end, limit, cores } = this.#shown;
    this.#stale = false;
    const lines = layers.by === "cpu" && cores > 0 ? [{ value: cores, severity: "info", text: `cores = ${threshold(cores, "cores")}` }] : [];
    this.chart.show({ source: layers, start, end, limit, hidden: [], alerts: [], tests: [], lines, cursor: this.#cursor, least: KINDS[layers.by].least });
  }

  get #cursor() {
    return this.charts.at === null ? null : { at: this.charts.at, values: null };
  }

  /** The cursor was moved, here or on another chart. */
  point() {
    if (this.chart && this.#shown && this.#near) this.chart.point(this.#cursor, []);
  }

  select(selection) {
    if (this.chart && this.#shown && this.#near) this.chart.select(selection);
  }

  /** Takes the colours of the page anew. */
  repaint() {
    const colours = palette();
    this.chart?.paint({ ...colours, others: colours.muted, not_seen: striped(colours.muted) });
  }
}
