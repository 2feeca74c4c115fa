// An answer of the history API as the charts read it: the same questions as a ring of samples answers.

import { bandOf } from "../charts/band.js";
import { nearest } from "../charts/ring.js";

/** The middle of a bucket, of that part of it that lies in the span. */
function middle(start, width, { start: from, end: to }) {
  return (Math.max(start, from) + Math.max(from, Math.min(start + width, to))) / 2;
}

export class Span {
  #points = new Map();
  #bands = new Map();
  #starts;

  /** @param {object} answer of /api/v1/history */
  constructor(answer) {
    this.start = answer.start_at;
    this.end = answer.end_at;
    this.resolution = answer.resolution_seconds;
    this.tier = answer.tier_seconds ?? 0;
    this.oldest = answer.oldest_at ?? null;
    this.widthMs = this.resolution * 1000;
    this.limit = 1.5 * this.widthMs;
    /** How long the windows are that p5 and p95 are told of; 0 where they are not. */
    this.mostlyMs = (answer.percentile_seconds ?? 0) * 1000;
    this.#starts = answer.times;
    this.series = answer.series;
    this.times = answer.times.map((at) => middle(at, this.widthMs, this));
    this.samples = this.#rows(Object.entries(answer.series));
  }

  #rows(columns) {
    const rows = [];
    this.times.forEach((at, i) => {
      const values = {};
      let known = false;
      for (const [name, { mean }] of columns) {
        values[name] = mean[i] ?? null;
        known ||= values[name] !== null;
      }
      if (known) rows.push({ at, values });
    });
    return rows;
  }

  get empty() {
    return this.samples.length === 0;
  }

  /** The means {x, y} of one metric; a bucket without data gives no point. */
  points(name) {
    if (!this.#points.has(name)) this.#points.set(name, this.#collect(name, (column, i) => ({ y: column.mean[i] })));
    return this.#points.get(name);
  }

  /** The band {runs, marks} around the means of one metric; none where it would be the mean itself. */
  band(name) {
    if (!this.#bands.has(name)) {
      const column = this.series[name] ?? { mean: [], low: [], high: [] };
      this.#bands.set(name, bandOf(column, { xs: this.times, starts: this.#starts, limit: this.limit, windowMs: this.mostlyMs }));
    }
    return this.#bands.get(name);
  }

  /** What 5 and 95 % of the time in the window that begins at `start` were not above: {p5, p95}; null where that is not known. */
  mostly(name, start) {
    const { p5, p95 } = this.series[name] ?? {};
    const at = p5 ? this.#starts.findIndex((time) => Math.floor(time / this.mostlyMs) * this.mostlyMs === start) : -1;
    return at < 0 || p5[at] === null ? null : { p5: p5[at], p95: p95[at] };
  }

  #collect(name, make) {
    const column = this.series[name];
    const found = [];
    if (!column) return found;
    this.times.forEach((x, i) => {
      if (column.mean[i] !== null && column.mean[i] !== undefined) found.push({ x, ...make(column, i) });
    });
    return found;
  }

  /** The row nearest to a time, or null where there is none. */
  nearest(at) {
    return nearest(this.samples, at);
  }

  /** The mean of each metric over the span. */
  means() {
    const means = {};
    for (const name of Object.keys(this.series)) {
      const points = this.points(name);
      means[name] = points.length ? points.reduce((sum, { y }) => sum + y, 0) / points.length : null;
    }
    return means;
  }
}
