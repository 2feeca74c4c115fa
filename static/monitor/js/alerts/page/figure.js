// The chart of one alert: its metric with thresholds, the alert as a band, gaps hatched.

import { TimeChart } from "../../charts/chart.js";
import { hasLibrary } from "../../charts/library.js";
import { palette } from "../../charts/palette.js";
import { setText, slot } from "../../page/element.js";
import { alertBand, chartData, chartWords, judgedPoints, leastTop } from "./view.js";

const SERIES = [{ name: "value", colour: "cpu", width: 1.5 }, { name: "judged", colour: "load15", width: 2.5, bold: true }];

export class Figure {
  #box;
  #data;
  #chart = null;

  /** @param {Element} box where the canvas is; @param {object} data what the server embedded */
  constructor(box, data) {
    this.#box = box;
    this.#data = data;
  }

  start() {
    if (!hasLibrary(this.#box)) return;
    const { unit } = this.#data.metric;
    const panel = { top: unit === "percent" ? 100 : null, bytes: unit.startsWith("bytes") };
    this.#chart = new TimeChart({ canvas: this.#box.querySelector("canvas"), series: SERIES, panel });
    this.draw();
  }

  /** Takes a newer state of the alert and its history. */
  renew({ alert, history }) {
    this.#data = { ...this.#data, alert: alert ?? this.#data.alert, history: history ?? this.#data.history };
    this.draw();
  }

  draw() {
    if (!this.#chart) return;
    const { alert, history, metric, lines, server_time: now } = this.#data;
    const data = chartData(history, metric.name);
    const judged = judgedPoints(history, metric, alert);
    const legend = slot("legend");
    if (legend) legend.hidden = judged.length === 0;
    const band = alertBand(alert, Math.max(now, data.end));
    this.#chart.paint(palette());
    this.#chart.show({
      ...data,
      source: { ...data.source, points: (name) => (name === "judged" ? judged : data.source.points()) },
      hidden: [],
      alerts: [{ ...band, start: Math.max(band.start, data.start), end: Math.min(band.end, data.end) }],
      tests: (history.load_tests ?? []).filter(({ started_at: at }) => at !== null).map((test) => ({ start: test.started_at, end: test.ended_at ?? now })),
      lines,
      cursor: null,
      least: leastTop(lines, alert),
    });
    this.#tellBand();
    this.#chart.canvas.setAttribute("aria-label", chartWords(this.#data, alert.resolved_at !== null));
  }

  /** What the band is, where there is one. */
  #tellBand() {
    const node = slot("band-words");
    if (!node) return;
    node.parentElement.hidden = !this.#chart.band;
    setText(node, this.#chart.band?.text ?? "");
  }

  resize() {
    this.#chart?.resize();
  }
}
