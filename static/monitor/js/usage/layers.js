// An answer of the usage API as a stacked chart reads it: six consumers, all others, and what nobody saw.

import { nearest } from "../charts/ring.js";
import { isRest, keyOf } from "./consumers.js";

/** How many consumers have a layer of their own. */
export const MOST = 6;
/** The layers from the ground up: consumers heaviest first, then the rest. */
export const LAYERS = [...Array.from({ length: MOST }, (_, i) => `consumer${i}`), "others", "not_seen"];

/** The middle of a bucket, of that part of it that lies in the span. */
function middle(start, width, { start: from, end: to }) {
  return (Math.max(start, from) + Math.max(from, Math.min(start + width, to))) / 2;
}

/** What several series come to; null where none of them knows anything. */
export function sums(lists, length) {
  return Array.from({ length }, (_, i) => {
    const known = lists.map((list) => list[i] ?? null).filter((value) => value !== null);
    return known.length ? known.reduce((sum, value) => sum + value, 0) : null;
  });
}

export class Layers {
  #series = {};
  #points = new Map();

  /** @param {object} answer of /api/v1/usage; @param {boolean} alone whether who is named stands alone, without the rest */
  constructor(answer, alone = false) {
    Object.assign(this, { start: answer.start, end: answer.end, unit: answer.unit, by: answer.by });
    this.widthMs = answer.resolution_seconds * 1000;
    this.limit = 1.5 * this.widthMs;
    this.starts = answer.times;
    this.times = answer.times.map((at) => middle(at, this.widthMs, this));
    const named = answer.consumers.filter((one) => !isRest(one));
    const [others, unseen] = ["others", "not_seen"].map((kind) => answer.consumers.filter((one) => one.kind === kind));
    /** The consumers that have a layer, by the name of it. */
    this.named = named.slice(0, MOST);
    const lists = (consumers) => consumers.map(({ series }) => series);
    this.known = sums(lists(answer.consumers), this.times.length);
    this.named.forEach(({ series }, i) => (this.#series[LAYERS[i]] = series));
    if (!alone) this.#series.others = sums(lists([...named.slice(MOST), ...others]), this.times.length);
    if (!alone) this.#series.not_seen = sums(lists(unseen), this.times.length);
    this.samples = this.times.flatMap((at, i) => (this.known[i] === null ? [] : [{ at, index: i }]));
  }

  /** Whether nothing is known of any moment of the span. */
  get empty() {
    return this.samples.length === 0;
  }

  /** The points {x, y} of a layer; where the bucket is known, what is not told of it counts as nothing. */
  points(name) {
    if (!this.#points.has(name)) {
      const series = this.#series[name];
      const has = series?.some((value) => value !== null && value > 0);
      this.#points.set(name, has ? this.samples.map(({ at, index }) => ({ x: at, y: series[index] ?? 0 })) : []);
    }
    return this.#points.get(name);
  }

  /** The bucket nearest to a time, {at, index}, or null where there is none. */
  nearest(at) {
    return nearest(this.samples, at);
  }

  /** The bucket {at, index} that a time lies in; null where nothing is known of it. */
  at(time) {
    const index = this.starts.findLastIndex((start) => start <= time);
    const isKnown = index >= 0 && time < this.starts[index] + this.widthMs && this.known[index] !== null;
    return isKnown ? { at: this.times[index], index } : null;
  }
}

/** Which colour each consumer has: it keeps it while the span changes, as long as it is among those that have one. */
export class Colours {
  #last = new Map();

  /** The number of a colour, 0 to MOST - 1, for each of the consumers. */
  of(consumers) {
    const keys = consumers.map(keyOf);
    const free = new Set(Array.from({ length: MOST }, (_, i) => i));
    const given = new Map();
    for (const key of keys) {
      const before = this.#last.get(key);
      if (!free.has(before)) continue;
      given.set(key, before);
      free.delete(before);
    }
    for (const key of keys) {
      if (given.has(key)) continue;
      const [next] = free;
      given.set(key, next);
      free.delete(next);
    }
    for (const [key, colour] of given) this.#last.set(key, colour);
    return keys.map((key) => given.get(key));
  }
}
