// The series of the two charts: names, colours and dashes; the dash says what the colour says.

export const CHARTS = {
  cpu: [{ name: "cpu_percent", short: "CPU", colour: "cpu", dash: [], width: 1.5 }],
  load: [
    { name: "load1", short: "1 min", colour: "load1", dash: [] },
    { name: "load5", short: "5 min", colour: "load5", dash: [6, 3] },
    { name: "load15", short: "15 min", colour: "load15", dash: [2, 3] },
  ],
};

/** Names of every charted metric. */
export const NAMES = Object.values(CHARTS).flat().map((series) => series.name);

/** The hidden series after one checkbox changed; the last visible one of the page cannot be hidden. */
export function toggled(hidden, name, visible) {
  const after = new Set(hidden.filter((other) => NAMES.includes(other)));
  if (visible) after.delete(name);
  else after.add(name);
  return NAMES.every((other) => after.has(other)) ? [...hidden] : [...after];
}
