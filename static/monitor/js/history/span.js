// An answer of the history API as the charts read it: the same questions as a ring of samples answers.

import { nearest } from "../charts/ring.js";

/** The middle of a bucket, of that part of it that lies in the span. */
function middle(start, width, { start: from, end: to }) {
  return (Math.max(start, from) + Math.max(from, Math.min(start + width, to))) / 2;
}

export class Span {
  #points = new Map();
  #ranges = new Map();

  /** @param {object} answer of /api/v1/history */
  constructor(answer) {
    this.start = answer.start_at;
    this.end = answer.end_at;
    this.resolution = answer.resolution_seconds;
    this.tier = answer.tier_seconds ?? 0;
    this.oldest = answer.oldest_at ?? null;
    this.widthMs = this.resolution * 1000;
    this.limit = 1.5 * this.widthMs;
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

  /** The lowest and highest {x, low, high} of one metric; none where they are the mean itself. */
  ranges(name) {
    if (!this.#ranges.has(name)) {
      const found = this.#collect(name, (column, i) => ({ low: column.low[i] ?? column.mean[i], high: column.high[i] ?? column.mean[i] }));
      this.#ranges.set(name, found.some(({ low, high }) => high > low) ? found : []);
    }
    return this.#ranges.get(name);
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
