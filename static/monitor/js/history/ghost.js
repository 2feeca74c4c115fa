// The line of the earlier span under a chart: its points, and its value beside the cursor.

import { CHARTS, PANELS } from "../charts/series.js";
import { stacked } from "../charts/stacking.js";
import { CHOICES, shifted } from "./compare.js";

export class Ghost {
  #span;
  #shift;
  #points = new Map();

  /** @param {Span} span the earlier one; @param {number} shift in ms */
  constructor(span, shift, choice) {
    this.#span = span;
    this.#shift = shift;
    this.text = CHOICES[choice];
  }

  /** The points of a chart's first series, or of the top of its stack, moved to the present. */
  points(kind) {
    if (!this.#points.has(kind)) this.#points.set(kind, shifted(this.#raw(kind), this.#shift));
    return this.#points.get(kind);
  }

  #raw(kind) {
    const names = CHARTS[kind].map(({ name }) => name);
    if (!PANELS[kind].stacked) return this.#span.points(names[0]);
    return stacked(names.map((name) => this.#span.points(name))).findLast(({ top }) => top.length)?.top ?? [];
  }

  /** The mean of a chart's earlier line; null where it has no points. */
  mean(kind) {
    const points = this.points(kind);
    return points.length ? points.reduce((sum, { y }) => sum + y, 0) / points.length : null;
  }

  /** What stands in the legend: the value at the cursor; without one the mean of a past span, or the value now. */
  reading(kind, cursor, { rest, source }) {
    if (!cursor && rest === "mean") return this.mean(kind);
    const at = cursor?.at ?? source.latest?.at ?? null;
    return at === null ? null : this.valueAt(kind, at);
  }

  /** The value of a chart's earlier line at a time of the present. */
  valueAt(kind, at) {
    const points = this.points(kind);
    let best = null;
    for (const point of points) if (best === null || Math.abs(point.x - at) < Math.abs(best.x - at)) best = point;
    return best && Math.abs(best.x - at) <= this.#span.limit ? best.y : null;
  }
}
