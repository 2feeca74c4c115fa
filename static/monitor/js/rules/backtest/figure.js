// The chart of a back-test: the judged metric over the span, the two thresholds, and the would-be alerts as bands.

import { cluster } from "../../charts/bands.js";
import { TimeChart } from "../../charts/chart.js";
import { palette } from "../../charts/palette.js";
import { slot } from "../../page/element.js";
import { bands, caption, lines } from "./words.js";

const POINTS = 600;
const BAND_PIXELS = 2;
const GAP_WIDTHS = 1.5;

export class Figure {
  #root;
  #chart = null;
  #kind = null;
  #asked = null;
  #history = null;
  #shown = null;

  constructor(root) {
    this.#root = slot("backtest-figure", root);
  }

  /** Draws `answer`; the metric's history is fetched only when host, metric or span are new. */
  async show(answer, { url, metric, severity, signal }) {
    const asked = [answer.host, answer.metric, answer.end_at - answer.start_at].join();
    if (asked !== this.#asked) {
      this.#history = await this.#fetch(answer, url, signal);
      this.#asked = asked;
    }
    this.#shown = { answer, metric, severity };
    this.#draw();
  }

  hide() {
    this.#root.hidden = true;
    this.#shown = null;
  }

  /** Colours may have changed. */
  repaint() {
    if (this.#shown) this.#draw();
  }

  async #fetch(answer, url, signal) {
    const span = { start: new Date(answer.start_at).toISOString(), end: new Date(answer.end_at).toISOString() };
    const response = await fetch(`${url}?${new URLSearchParams({ host: answer.host, metrics: answer.metric, points: POINTS, ...span })}`, { signal });
    if (!response.ok) throw new Error("The chart could not be loaded.");
    return response.json();
  }

  #draw() {
    const { answer, metric, severity } = this.#shown;
    const { times, series, resolution_seconds: seconds, gaps } = this.#history;
    const width = seconds * 1000;
    const { mean, low, high } = series[answer.metric];
    const points = times.flatMap((at, i) => (mean[i] === null ? [] : [{ x: at + width / 2, y: mean[i] }]));
    const ranges = times.flatMap((at, i) => (low[i] === null ? [] : [{ x: at + width / 2, low: low[i], high: high[i] }]));
    this.#root.hidden = false;
    this.#prepare(metric);
    const colours = palette();
    this.#chart.paint(colours);
    const pixel = (answer.end_at - answer.start_at) / Math.max(this.#root.clientWidth, 300);
    this.#chart.show({
      source: { points: () => points, ranges: () => ranges },
      start: answer.start_at,
      end: answer.end_at,
      limit: width * GAP_WIDTHS,
      hidden: [],
      alerts: cluster(bands(answer, severity, BAND_PIXELS * pixel), pixel),
      tests: [],
      lines: lines(answer, severity, metric.unit),
      cursor: null,
      gaps: points.length ? gaps.map(({ start_at: start, end_at: end }) => ({ start, end, text: "no data" })) : [{ start: answer.start_at, end: answer.end_at, text: "no data" }],
      least: (answer.statistic === "share" ? 0 : Math.max(answer.threshold ?? 0, 0)) * 1.15 || 1,
    });
    slot("backtest-caption", this.#root).textContent = caption(metric.label, this.#history);
    this.#chart.canvas.setAttribute("aria-label", `${metric.label}. ${answer.sentence}`);
  }

  /** A chart for this kind of metric: percent has a fixed top, bytes have their own steps. */
  #prepare({ unit }) {
    if (this.#kind === unit) return;
    this.#kind = unit;
    const old = this.#root.querySelector("canvas");
    globalThis.Chart.getChart(old)?.destroy();
    this.#chart = new TimeChart({
      canvas: old,
      series: [{ name: "judged", colour: "cpu", width: 1.5 }],
      panel: { top: unit === "percent" ? 100 : null, bytes: unit.startsWith("bytes") },
    });
  }
}
