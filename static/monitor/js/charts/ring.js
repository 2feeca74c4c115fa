// The samples of the window: sorted by time, bounded by time, each one once.

/** Index of the first sample whose time is `at` or later. */
export function lowerBound(samples, at) {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (samples[middle].at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The sample nearest to a time, or null when there is none. */
export function nearest(samples, at) {
  const place = lowerBound(samples, at);
  const before = samples[place - 1];
  const after = samples[place];
  if (!before || !after) return before ?? after ?? null;
  return at - before.at <= after.at - at ? before : after;
}

/** True when sample `a` was stored after `b`; unknown while one of them has no id yet. */
function storedAfter(a, b) {
  return a.id !== null && b.id !== null && a.id > b.id;
}

/** True when two samples of one time are two rows: the clock was set back to a time it had shown before. */
function differ(a, b) {
  return a.id !== null && b.id !== null && a.id !== b.id;
}

export class Ring {
  /**
   * @param {number} windowMs how far back it reaches
   * @param {string[]} names the metrics it keeps
   */
  constructor(windowMs, names) {
    this.windowMs = windowMs;
    this.names = names;
    this.samples = [];
    this.lastId = null;
    this.steps = [];
  }

  get latest() {
    return this.samples.length ? this.samples[this.samples.length - 1] : null;
  }

  /** True when the sample with this id has been seen, or is older than one that has. */
  knows(id) {
    return id === null || (this.lastId !== null && id <= this.lastId);
  }

  /**
   * Adds one sample {id, at, covered_ms, values}; returns what became of it: "appended" (newest), "inserted",
   * "duplicate", "superseded" (its clock was put right since) or "stepped" (the clock went back to here).
   */
  add({ id = null, at, covered_ms: covered = null, values }) {
    const sample = { id, at, covered, values: this.#kept(values) };
    if (id !== null && (this.lastId === null || id > this.lastId)) this.lastId = id;
    const place = lowerBound(this.samples, at);
    if (this.samples[place]?.at === at && !differ(this.samples[place], sample)) return this.#same(place, sample);
    if (this.samples[place]?.at === at && storedAfter(this.samples[place], sample)) return "superseded";
    if (place > 0 && storedAfter(this.samples[place - 1], sample)) return "superseded";
    const stepped = this.#dropFuture(place, sample);
    this.samples.splice(place, 0, sample);
    this.trim(this.latest.at);
    if (stepped) return "stepped";
    return this.latest === sample ? "appended" : "inserted";
  }

  /** Adds many; returns how many were new. */
  merge(samples) {
    const fresh = new Set(["appended", "inserted", "stepped"]);
    return samples.reduce((count, sample) => count + (fresh.has(this.add(sample)) ? 1 : 0), 0);
  }

  /** A ring with the same samples that loses none of them when this one goes on; what is learnt of them reaches it too. */
  still() {
    const still = new Ring(this.windowMs, this.names);
    still.samples = [...this.samples];
    still.lastId = this.lastId;
    still.steps = [...this.steps];
    return still;
  }

  /** Drops what is older than the window that ends at `end`. */
  trim(end) {
    const first = lowerBound(this.samples, end - this.windowMs);
    if (first > 0) this.samples.splice(0, first);
    this.steps = this.steps.filter((step) => step.at >= end - this.windowMs);
  }

  /** The points {x, y, covered} of one metric; a sample without a value gives no point. */
  points(name) {
    const points = [];
    for (const { at, covered, values } of this.samples) {
      if (values[name] !== null) points.push({ x: at, y: values[name], covered });
    }
    return points;
  }

  /** The sample nearest to a time, or null when there is none. */
  nearest(at) {
    return nearest(this.samples, at);
  }

  #kept(values) {
    const kept = {};
    for (const name of this.names) kept[name] = Number.isFinite(values[name]) ? values[name] : null;
    return kept;
  }

  #same(place, sample) {
    const known = this.samples[place];
    if (known.id === null) known.id = sample.id;
    known.covered ??= sample.covered;
    for (const name of this.names) known.values[name] ??= sample.values[name];
    return "duplicate";
  }

  /** A newer row with an older time: the clock was set back, so times after it are not to be trusted. */
  #dropFuture(place, sample) {
    const future = this.samples.slice(place).filter((other) => storedAfter(sample, other));
    if (!future.length) return false;
    const by = future[future.length - 1].at - sample.at;
    this.samples = this.samples.filter((other) => !future.includes(other));
    this.steps.push({ at: sample.at, by });
    return true;
  }
}

/** The samples of a column-wise window {ids, times, covered_ms, series}, as rows. */
export function rows({ ids, times, covered_ms: covered = [], series }) {
  const names = Object.keys(series);
  return times.map((at, index) => ({
    id: ids[index] ?? null,
    at,
    covered_ms: covered[index] ?? null,
    values: Object.fromEntries(names.map((name) => [name, series[name][index] ?? null])),
  }));
}
