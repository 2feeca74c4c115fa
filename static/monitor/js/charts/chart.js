// One chart: Chart.js set up for long series, with our own marks, bands and ticks.

import { byteStep, tickText, timeAxis, valueAxis } from "./axes.js";
import { bandWords } from "./band.js";
import { brokenLine, findGaps, lonePoints } from "./gaps.js";
import { explained } from "./livegaps.js";
import { marksPlugin } from "./marks_plugin.js";
import { stacked } from "./stacking.js";

const NO_MARKS = { gaps: [], tests: [], alerts: [], lines: [], lone: [], areas: [], ghost: [], selection: null, cursor: null };
const AREA_ALPHA = 0.2;
const LAYER_ALPHA = 0.45;
const THIN = 1.25;

function longest(lists) {
  return lists.reduce((best, points) => (points.length > best.length ? points : best), []);
}

export class TimeChart {
  #chart;
  #series;
  #panel;
  #colours = {};
  #marks = { ...NO_MARKS, limit: 0, colours: {} };

  /** @param {object} options {canvas, series, panel: {top, least, most, stacked, bytes}} */
  constructor({ canvas, series, panel }) {
    this.#series = series;
    this.#panel = panel;
    this.canvas = canvas;
    this.gaps = [];
    this.#chart = new globalThis.Chart(canvas, this.#config());
  }

  get area() {
    return this.#chart.chartArea;
  }

  /** What the band that is drawn is: {text, name, colour} of its series; null where there is none. */
  get band() {
    const { areas } = this.#marks;
    return !this.#panel.stacked && areas.length ? areas[0].told ?? null : null;
  }

  /** The time under a pixel of the canvas. */
  timeAt(pixel) {
    return this.#chart.scales.x.getValueForPixel(pixel);
  }

  paint(colours) {
    this.#colours = colours;
    this.#marks.colours = colours;
    this.#series.forEach((series, i) => {
      this.#chart.data.datasets[i].borderColor = colours[series.colour];
    });
    const { x, y } = this.#chart.options.scales;
    for (const axis of [x, y]) {
      axis.grid.color = colours.grid;
      axis.border.color = colours.axis;
      axis.ticks.color = colours.muted;
    }
  }

  /** Draws something else from the next `show` on: {least, stacked, bytes}. */
  become(panel) {
    this.#panel = panel;
    const { ticks } = this.#chart.options.scales.y;
    Object.assign(ticks, { callback: tickText(panel), stepSize: undefined });
  }

  /** Shows what `source` has between start and end; bands and lines come ready made, gaps too unless only their `reasons` are known. */
  show({ source, start, end, limit, hidden, alerts, tests, lines, cursor, gaps = null, reasons = [], ghost = [], least }) {
    const lists = this.#series.map(({ name }) => source.points(name));
    const drawn = lists.map((points, i) => (hidden.includes(this.#series[i].name) ? [] : points));
    const layers = this.#panel.stacked ? stacked(drawn) : null;
    Object.assign(this.#marks, { alerts, tests, lines, ghost, limit, areas: this.#areas(source, layers, hidden) });
    this.#fill(layers ? layers.map(({ top }) => top) : drawn, limit, hidden);
    this.gaps = gaps ?? explained(findGaps(longest(lists), { start, end, limit }), reasons, { start, end, limit });
    this.#marks.gaps = this.gaps;
    Object.assign(this.#chart.options.scales.x, { min: start, max: end });
    this.#setTop(drawn, least ?? this.#panel.least ?? 1);
    this.#setCursor(cursor, hidden);
    this.#chart.update("none");
  }

  /** Moves only the cursor: no new layout. */
  point(cursor, hidden) {
    this.#setCursor(cursor, hidden);
    this.#chart.draw();
  }

  /** Shows what is being selected, {start, end} or null. */
  select(selection) {
    this.#marks.selection = selection;
    this.#chart.draw();
  }

  resize() {
    this.#chart.resize();
  }

  #fill(lists, limit, hidden) {
    this.#marks.lone = [];
    this.#series.forEach((series, i) => {
      Object.assign(this.#chart.data.datasets[i], { ...brokenLine(lists[i], limit), hidden: hidden.includes(series.name), borderWidth: this.#marks.areas.length && !series.bold ? THIN : series.width ?? 2 });
      const colour = this.#colours[series.colour];
      this.#marks.lone.push(...lonePoints(lists[i], limit).map((point) => ({ ...point, colour })));
    });
  }

  #areas(source, layers, hidden) {
    const area = (ranges, i, alpha) => ({ ranges, colour: this.#colours[this.#series[i].colour], alpha, text: this.#series[i].text ?? "" });
    if (layers) return layers.map(({ between }, i) => area(between, i, LAYER_ALPHA));
    // One band only, of the first line that is visible: three on top of each other are mud.
    const first = this.#series.findIndex(({ name }) => !hidden.includes(name));
    if (first < 0) return [];
    if (source.band) {
      const { runs, marks } = source.band(this.#series[first].name);
      const { name, colour } = this.#series[first];
      const told = { text: bandWords(source.mostlyMs, source.fromMean), name, colour };
      return runs.length ? [{ ...area([...runs.flat(), ...marks], first, AREA_ALPHA), runs, marks, told }] : [];
    }
    const ranges = source.ranges?.(this.#series[first].name) ?? [];
    return ranges.length ? [area(ranges, first, AREA_ALPHA)] : [];
  }

  /** The top of a free axis holds bands and the earlier line too; Chart.js knows only of the means. */
  #setTop(drawn, least) {
    const { top = null, most = Infinity, bytes } = this.#panel;
    if (top !== null) return;
    let highest = least;
    for (const { ranges } of this.#marks.areas) for (const { high } of ranges) highest = Math.max(highest, high);
    for (const points of [...drawn, this.#marks.ghost]) for (const { y } of points) highest = Math.max(highest, y);
    const axis = this.#chart.options.scales.y;
    axis.suggestedMax = Math.min(most, highest);
    if (bytes) axis.ticks.stepSize = byteStep(highest);
  }

  #setCursor(cursor, hidden) {
    const stack = this.#panel.stacked;
    this.#marks.cursor = cursor && {
      at: cursor.at,
      dots: stack ? [] : this.#series
        .filter(({ name }) => !hidden.includes(name) && cursor.values && (cursor.values[name] ?? null) !== null)
        .map((series) => ({ x: cursor.at, y: cursor.values[series.name], colour: this.#colours[series.colour] })),
    };
  }

  #config() {
    return {
      type: "line",
      data: {
        datasets: this.#series.map(({ dash }) => ({
          data: [],
          borderDash: dash,
          pointRadius: 0,
          tension: 0,
        })),
      },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        responsive: true,
        maintainAspectRatio: false,
        events: [],
        layout: { padding: { top: 8, right: 6 } },
        plugins: { legend: { display: false }, tooltip: { enabled: false } },
        scales: { x: timeAxis(), y: valueAxis(this.#panel) },
      },
      plugins: [marksPlugin(() => this.#marks)],
    };
  }
}
