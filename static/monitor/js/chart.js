// One live chart: Chart.js set up for a second-by-second series, with our marks and ticks.

import { findGaps, lonePoints } from "./gaps.js";
import { count, minuteTime, clockTime } from "./format.js";
import { marksPlugin } from "./plugin.js";
import { stepFor, ticks } from "./ticks.js";

const AXIS_WIDTH = 44;
const TICK_ROOM = 60;
const EDGE = 24;

/** What a gap says on the chart. */
export function gapText({ start, end, kind }) {
  if (kind === "empty") return "no data";
  if (kind === "before") return `no data before ${minuteTime(end)}`;
  if (kind === "after") return `no data since ${clockTime(start)}`;
  const time = end - start < 120000 ? clockTime : minuteTime;
  return `no data ${time(start)}–${time(end)}`;
}

export class LiveChart {
  #chart;
  #series;
  #colours = {};
  #marks = { gaps: [], tests: [], alerts: [], lines: [], lone: [], cursor: null, colours: {} };

  /** @param {object} options {canvas, series, top: fixed maximum or null, suggestedTop, limit: ms} */
  constructor({ canvas, series, top = null, suggestedTop = null, limit }) {
    this.#series = series;
    this.limit = limit;
    this.canvas = canvas;
    this.#chart = new globalThis.Chart(canvas, this.#config(top, suggestedTop));
  }

  get area() {
    return this.#chart.chartArea;
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

  /** Shows the ring between start and end; bands and lines come ready made. */
  show({ ring, start, end, hidden, alerts, tests, lines, cursor }) {
    const datasets = this.#chart.data.datasets;
    this.#marks.lone = [];
    let all = [];
    this.#series.forEach((series, i) => {
      const points = ring.points(series.name);
      datasets[i].data = points;
      datasets[i].hidden = hidden.includes(series.name);
      if (points.length > all.length) all = points;
      if (!datasets[i].hidden) this.#addLone(points, series);
    });
    this.gaps = findGaps(all, { start, end, limit: this.limit });
    Object.assign(this.#marks, { alerts, tests, lines, gaps: this.gaps.map((gap) => ({ ...gap, text: gapText(gap) })) });
    Object.assign(this.#chart.options.scales.x, { min: start, max: end });
    this.#setCursor(cursor, hidden);
    this.#chart.update("none");
  }

  /** Moves only the cursor: no new layout. */
  point(cursor, hidden) {
    this.#setCursor(cursor, hidden);
    this.#chart.draw();
  }

  resize() {
    this.#chart.resize();
  }

  #addLone(points, series) {
    const lone = lonePoints(points, this.limit);
    this.#marks.lone.push(...lone.map((point) => ({ ...point, colour: this.#colours[series.colour] })));
  }

  #setCursor(cursor, hidden) {
    this.#marks.cursor = cursor && {
      at: cursor.at,
      dots: this.#series
        .filter((series) => !hidden.includes(series.name) && cursor.values && cursor.values[series.name] !== null)
        .map((series) => ({ x: cursor.at, y: cursor.values[series.name], colour: this.#colours[series.colour] })),
    };
  }

  #config(top, suggestedTop) {
    return {
      type: "line",
      data: {
        datasets: this.#series.map(({ dash, width = 2 }) => ({
          data: [],
          borderWidth: width,
          borderDash: dash,
          pointRadius: 0,
          tension: 0,
          spanGaps: this.limit,
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
        scales: { x: timeAxis(), y: valueAxis(top, suggestedTop) },
      },
      plugins: [marksPlugin(() => this.#marks)],
    };
  }
}

function timeAxis() {
  return {
    type: "linear",
    grid: { drawTicks: true, tickLength: 4 },
    border: {},
    afterBuildTicks(axis) {
      const most = Math.max(2, axis.width / TICK_ROOM);
      axis.ticks = ticks(axis.min, axis.max, most).map((value) => ({ value }));
    },
    ticks: {
      autoSkip: false,
      maxRotation: 0,
      callback(value) {
        // A label at the very edge would push the chart area about; its grid line is enough.
        const from = ((value - this.min) / (this.max - this.min)) * this.width;
        if (from < EDGE || from > this.width - EDGE) return "";
        return stepFor(this.max - this.min, this.width / TICK_ROOM) < 60000 ? clockTime(value) : minuteTime(value);
      },
    },
  };
}

function valueAxis(top, suggestedTop) {
  return {
    type: "linear",
    min: 0,
    ...(top === null ? { suggestedMax: suggestedTop } : { max: top }),
    grid: { drawTicks: false },
    border: {},
    afterFit(axis) {
      axis.width = AXIS_WIDTH;
    },
    ticks: { maxTicksLimit: 6, padding: 6, callback: (value) => count(value) },
  };
}
