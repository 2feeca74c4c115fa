// The rows of the charts as a table: one row a minute, or as many rows as a person reads of a longer span.

const MINUTE = 60000;
const MOST_ROWS = 60;

function mean(values) {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

/**
 * Rows {at, values: {name: mean|null}, samples}, newest first: every minute of the window, also one without data.
 * The first row is the minute that is still running.
 */
export function minuteRows(samples, names, { start, end }, step = MINUTE) {
  const steps = new Map();
  for (const sample of samples) {
    const minute = Math.floor(sample.at / step) * step;
    if (!steps.has(minute)) steps.set(minute, []);
    steps.get(minute).push(sample);
  }
  const rows = [];
  const first = Math.ceil(start / step) * step;
  for (let at = Math.floor(end / step) * step; at >= first; at -= step) {
    const inside = steps.get(at) ?? [];
    const values = {};
    for (const name of names) {
      values[name] = mean(inside.map((sample) => sample.values[name] ?? null).filter((value) => value !== null));
    }
    rows.push({ at, values, samples: inside.length });
  }
  return rows;
}

/** How many ms one row of a span stands for: whole buckets, and no more than 60 rows. */
export function rowStep({ start, end }, widthMs) {
  return Math.max(1, Math.ceil((end - start) / widthMs / MOST_ROWS)) * widthMs;
}

const HEADS = new Map([[MINUTE, "Minute"], [60 * MINUTE, "Hour"], [24 * 60 * MINUTE, "Day"]]);

/** What the first column of rows of `step` ms is called: each row is named by its beginning. */
export function stepHead(step) {
  return HEADS.get(step) ?? "From";
}

/** {mean, high, highAt} of one metric over the samples; null where nothing is known. */
export function summary(samples, name) {
  const known = samples.filter((sample) => (sample.values[name] ?? null) !== null);
  if (!known.length) return { mean: null, high: null, highAt: null };
  const top = known.reduce((best, sample) => (sample.values[name] > best.values[name] ? sample : best));
  return { mean: mean(known.map((sample) => sample.values[name])), high: top.values[name], highAt: top.at };
}
