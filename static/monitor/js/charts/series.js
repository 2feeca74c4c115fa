// The charts and their series: names, colours and dashes; the dash says what the colour says.

const DASHED = [6, 3];
const DOTTED = [2, 3];

/** The series of each chart, the first two charts being always shown. */
export const CHARTS = {
  cpu: [{ name: "cpu_percent", short: "CPU", colour: "cpu", dash: [], width: 1.5 }],
  load: [
    { name: "load1", short: "1 min", colour: "load1", dash: [] },
    { name: "load5", short: "5 min", colour: "load5", dash: DASHED },
    { name: "load15", short: "15 min", colour: "load15", dash: DOTTED },
  ],
  tasks: [
    { name: "tasks_running", short: "running", colour: "cpu", dash: [], width: 1.5 },
    { name: "tasks_blocked", short: "blocked", colour: "load1", dash: DASHED, width: 1.5 },
  ],
  kinds: [
    { name: "cpu_user_percent", short: "user", colour: "cpu", dash: [], width: 1 },
    { name: "cpu_system_percent", short: "system", colour: "load15", dash: [], width: 1 },
    { name: "cpu_iowait_percent", short: "I/O wait", colour: "load1", dash: [], width: 1 },
    { name: "cpu_steal_percent", short: "stolen", colour: "load5", dash: [], width: 1 },
  ],
  busiest: [{ name: "cpu_busiest_core_percent", short: "busiest core", colour: "cpu", dash: [], width: 1.5 }],
  pressure: [
    { name: "pressure_cpu_some_percent", short: "CPU", colour: "cpu", dash: [], width: 1.5 },
    { name: "pressure_io_some_percent", short: "I/O", colour: "load1", dash: DASHED, width: 1.5 },
    { name: "pressure_io_full_percent", short: "I/O, full", colour: "load1", dash: [], width: 1.5 },
    { name: "pressure_memory_some_percent", short: "memory", colour: "load15", dash: DOTTED, width: 1.5 },
    { name: "pressure_memory_full_percent", short: "memory, full", colour: "load15", dash: [], width: 1.5 },
  ],
  memory: [
    { name: "memory_used_bytes", short: "used", colour: "cpu", dash: [] },
    { name: "swap_used_bytes", short: "swap", colour: "load1", dash: DASHED },
  ],
  space: [{ name: "disk_fullest_percent", short: "in use", colour: "cpu", dash: [], width: 1.5 }],
  disk: [
    { name: "disk_read_bytes_per_second", short: "read", colour: "cpu", dash: [], width: 1.5 },
    { name: "disk_write_bytes_per_second", short: "written", colour: "load1", dash: DASHED, width: 1.5 },
  ],
  network: [
    { name: "network_received_bytes_per_second", short: "received", colour: "cpu", dash: [], width: 1.5 },
    { name: "network_sent_bytes_per_second", short: "sent", colour: "load1", dash: DASHED, width: 1.5 },
  ],
};

/**
 * What a chart is called, its unit in words, and its axis: `top` fixed, `least` the smallest top that is sensible.
 * `families`: the metrics whose alerts it shades; a full file system is no matter of the disk's traffic.
 */
export const PANELS = {
  cpu: { title: "CPU", unit: "% of all cores", top: 100, families: ["cpu", "io_wait", "steal", "cores"] },
  load: { title: "Load average", unit: "tasks", families: ["load", "running", "blocked"] },
  tasks: { title: "Tasks", unit: "running and blocked", least: 2 },
  kinds: { title: "CPU by kind", unit: "% of all cores, stacked", top: 100, stacked: true },
  busiest: { title: "Busiest core", unit: "% of one core", top: 100, families: ["one_core"] },
  pressure: { title: "Pressure", unit: "% of time that a task waited; full: all of them", least: 5, most: 100, families: ["cpu_pressure", "io_pressure", "memory_pressure"] },
  memory: { title: "Memory and swap", unit: "bytes, G = 1024³", least: 2 ** 20, bytes: true, families: ["memory", "swap"] },
  space: { title: "File systems", unit: "% in use", top: 100, families: ["file_systems"] },
  disk: { title: "Disk", unit: "bytes a second, M = 1024²", least: 1024, bytes: true, families: ["disk"] },
  network: { title: "Network", unit: "bytes a second, M = 1024²", least: 1024, bytes: true, families: ["network"] },
};

export const MAIN = ["cpu", "load"];
export const MORE = Object.keys(CHARTS).filter((kind) => !MAIN.includes(kind));

/** Open unless somebody closed them; their metrics come with the first paint. */
export const OPEN_FIRST = ["tasks"];

/** Which chart shades the alerts of a metric: "cpu", "load", "pressure"... or null; `metrics` is the catalogue. */
export function chartOf(metric, metrics) {
  return chartOfFamily(metrics[metric]?.family);
}

/** Which chart shades the alerts of a family of metrics; null for none. */
export function chartOfFamily(family) {
  return Object.keys(PANELS).find((kind) => PANELS[kind].families?.includes(family)) ?? null;
}

/** The charts that show parts of a machine by themselves. */
export const APART = ["space", "disk", "network"];

/** Names of the metrics of the given charts. */
export function namesOf(kinds) {
  return kinds.flatMap((kind) => CHARTS[kind].map((series) => series.name));
}

/** Names of the metrics of the charts that are always there. */
export const NAMES = namesOf(MAIN);

/** Names of the metrics of every chart. */
export const ALL_NAMES = namesOf(Object.keys(CHARTS));

/** Of `hidden` what may be: series that exist, of charts that keep a visible one. */
export function hideable(hidden) {
  const known = ALL_NAMES.filter((name) => hidden.includes(name));
  return Object.values(CHARTS).flatMap((chart) => {
    const off = chart.map(({ name }) => name).filter((name) => known.includes(name));
    return off.length < chart.length ? off : [];
  });
}

/** The hidden series after one checkbox changed; the last visible one of a chart cannot be hidden. */
export function toggled(hidden, name, visible) {
  const after = visible ? hidden.filter((other) => other !== name) : [...hidden, name];
  return hideable(after).includes(name) === visible ? [...hidden] : hideable(after);
}
