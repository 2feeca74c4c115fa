// The table twin of the charts: one row a minute, means of what the window holds.

const MINUTE = 60000;

function mean(values) {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

/**
 * Rows {at, values: {name: mean|null}, samples}, newest first: every minute of the window, also one without data.
 * The first row is the minute that is still running.
 */
export function minuteRows(samples, names, { start, end }) {
  const minutes = new Map();
  for (const sample of samples) {
    const minute = Math.floor(sample.at / MINUTE) * MINUTE;
    if (!minutes.has(minute)) minutes.set(minute, []);
    minutes.get(minute).push(sample);
  }
  const rows = [];
  const first = Math.ceil(start / MINUTE) * MINUTE;
  for (let at = Math.floor(end / MINUTE) * MINUTE; at >= first; at -= MINUTE) {
    const inside = minutes.get(at) ?? [];
    const values = {};
    for (const name of names) {
      values[name] = mean(inside.map((sample) => sample.values[name]).filter((value) => value !== null));
    }
    rows.push({ at, values, samples: inside.length });
  }
  return rows;
}

/** {mean, high, highAt} of one metric over the samples; null where nothing is known. */
export function summary(samples, name) {
  const known = samples.filter((sample) => sample.values[name] !== null);
  if (!known.length) return { mean: null, high: null, highAt: null };
  const top = known.reduce((best, sample) => (sample.values[name] > best.values[name] ? sample : best));
  return { mean: mean(known.map((sample) => sample.values[name])), high: top.values[name], highAt: top.at };
}
