// The series of the two charts: names, colours and dashes; the dash says what the colour says.

export const CHARTS = {
  cpu: [{ name: "cpu_percent", short: "CPU", colour: "cpu", dash: [] }],
  load: [
    { name: "load1", short: "1 min", colour: "load1", dash: [] },
    { name: "load5", short: "5 min", colour: "load5", dash: [6, 3] },
    { name: "load15", short: "15 min", colour: "load15", dash: [2, 3] },
  ],
};

/** Names of every charted metric. */
export const NAMES = Object.values(CHARTS).flat().map((series) => series.name);

/** The set after one checkbox changed; the last visible series of a chart cannot be hidden. */
export function toggled(hidden, chart, name, visible) {
  const names = CHARTS[chart].map((series) => series.name);
  const after = new Set(hidden);
  if (visible) after.delete(name);
  else after.add(name);
  return names.every((other) => after.has(other)) ? [...hidden] : [...after];
}
