// Why a figure is not there, in plain words; a source that the host lacks is not a source that failed.

const COLLECTORS = [
  [/^(cpu_|load|tasks_)/, ["cpu", "loadavg", "processes", "tasks"]],
  [/^pressure_/, ["pressure"]],
  [/^(memory_|swap_)/, ["memory"]],
  [/^disk_/, ["disk"]],
  [/^network_/, ["network"]],
  [/^self_/, ["own"]],
];
const LABELS = {
  cpu: "CPU",
  loadavg: "load",
  processes: "process",
  tasks: "task",
  pressure: "pressure",
  memory: "memory",
  disk: "disk",
  network: "network",
  own: "own cost",
};

/** The words beside an "n/a" for one metric; `values` are those of the same sample. */
export function whyMissing(metric, failing, values = {}) {
  const [, names] = COLLECTORS.find(([pattern]) => pattern.test(metric)) ?? [null, []];
  if (names.some((name) => name in failing)) return "could not be read";
  const first = values.cpu_percent === null || values.cpu_percent === undefined;
  if (metric.startsWith("pressure_") && !first) return "this kernel does not report it";
  if (metric.endsWith("_percent") || metric.endsWith("_per_second")) return "needs two readings";
  return "not reported by this host";
}

/** One sentence for each collector that fails: "Disk figures are missing: ...". */
export function failures(failing) {
  return Object.entries(failing).map(([name, sentence]) => {
    const label = LABELS[name] ?? name.replaceAll("_", " ");
    return `${label[0].toUpperCase()}${label.slice(1)} figures are missing: ${sentence}`;
  });
}
