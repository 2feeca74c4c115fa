// What the tiles say: values in, text out.

import { tileNote } from "../alerts/alerts.js";
import { age } from "../page/age.js";
import { UNKNOWN, bytes, cores as coresText, count, duration, load, percent } from "../page/format.js";
import { whyMissing } from "./missing.js";

const LOADS = [
  ["load1", "Load, 1 min"],
  ["load5", "Load, 5 min"],
  ["load15", "Load, 15 min"],
];

/** "0.98 per core". */
export function perCore(value, cores) {
  return value === null || !(cores > 0) ? "" : `${load(value / cores)} per core`;
}

function share(value, whole) {
  return value === null || !(whole > 0) ? 0 : Math.min(1, Math.max(0, value / whole));
}

/**
 * All tiles: {big: [...], small: [...]}, each {key, label, value, note, share, series}.
 * @param {object} view {values, mean, cores, memoryReason, alerts, failing, metrics: the catalogue, old: whether they are not of now}
 */
export function tiles({ values, mean, cores, memoryReason = "", alerts, failing, metrics, old = false }) {
  const get = (name) => values?.[name] ?? null;
  const why = (name) => (values === null ? "no sample yet" : whyMissing(name, failing, values, metrics));
  return {
    big: [cpuTile(get, why, mean, old), ...LOADS.map(([name, label]) => loadTile(name, label, get, why, cores, mean?.[name] ?? null))],
    small: [
      tasksTile(get, why),
      pressureTile(get, why),
      memoryTile(get, why, memoryReason),
      { key: "alerts", label: "Alerts in 24 h", value: count(alerts.count_24h ?? 0), note: tileNote(alerts) },
      costTile(get, why),
    ],
  };
}

function cpuTile(get, why, mean, old) {
  const cpu = get("cpu_percent");
  return {
    key: "cpu",
    label: "CPU",
    value: percent(cpu),
    note: cpu === null ? why("cpu_percent") : meanNote(mean?.cpu_percent ?? null, old),
    share: share(cpu, 100),
    series: "cpu_percent",
  };
}

function meanNote(mean, old) {
  if (mean !== null) return `${percent(mean)} over 2 minutes`;
  return old ? "mean of 2 minutes not known" : "too few samples yet for 2 minutes";
}

function loadTile(name, label, get, why, cores, mean) {
  const value = get(name);
  const known = [perCore(value, cores), mean === null ? "" : `${load(mean)} over 2 minutes`].filter(Boolean).join("; ");
  const note = value === null ? why(name) : known;
  return { key: name, label, value: load(value), note, share: share(value, cores), series: name };
}

function tasksTile(get, why) {
  const [running, blocked] = [get("tasks_running"), get("tasks_blocked")];
  if (running === null && blocked === null) return { key: "tasks", label: "Tasks", value: UNKNOWN, note: why("tasks_running") };
  return {
    key: "tasks",
    label: "Tasks",
    value: `${count(running)} running`,
    note: `${count(blocked)} blocked`,
  };
}

function pressureTile(get, why) {
  const cpu = get("pressure_cpu_some_percent");
  const io = get("pressure_io_some_percent");
  const memory = get("pressure_memory_some_percent");
  const label = "Pressure";
  if (cpu === null && io === null && memory === null) {
    return { key: "pressure", label, value: UNKNOWN, note: why("pressure_cpu_some_percent") };
  }
  const note = `I/O ${percent(io, 0)}, memory ${percent(memory, 0)}`;
  return { key: "pressure", label, value: `CPU ${percent(cpu, 0)}`, note };
}

function memoryTile(get, why, reason) {
  const [used, available, swap] = [get("memory_used_bytes"), get("memory_available_bytes"), get("swap_used_bytes")];
  if (used === null) return { key: "memory", label: "Memory used", value: UNKNOWN, note: why("memory_used_bytes") };
  const part = available === null ? "" : `${reason || `of ${bytes(used + available)}`}, `;
  return { key: "memory", label: "Memory used", value: bytes(used), note: `${part}swap ${bytes(swap)}` };
}

function costTile(get, why) {
  const [cpu, rss] = [get("self_cpu_percent"), get("self_rss_bytes")];
  const label = "Monitor's own cost";
  if (cpu === null && rss === null) return { key: "cost", label, value: UNKNOWN, note: why("self_cpu_percent") };
  const value = cpu === null ? UNKNOWN : `${percent(cpu)} of a core`;
  const note = `${bytes(rss)} of memory${cpu === null ? `; CPU ${why("self_cpu_percent")}` : ""}`;
  return { key: "cost", label, value, note };
}

/** {cores: "8 cores", reason: "(container: 8 of 32)", uptime: "12 d 4 h"}. */
export function hostFacts(host, now) {
  const up = host.booted_at ? age(host.booted_at, now) : null;
  const uptime = up === null ? UNKNOWN : duration(Math.floor(up / 60000) * 60000);
  if (!(host.cores > 0)) return { cores: "cores not known", reason: "", uptime };
  return { cores: coresText(host.cores), reason: host.cores_reason ? `(${host.cores_reason})` : "", uptime };
}
