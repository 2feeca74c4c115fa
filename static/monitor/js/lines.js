// The horizontal lines of a chart and what stands beside them.

import { thresholds } from "./bands.js";
import { threshold } from "./format.js";
import { CHARTS, MAIN } from "./series.js";

/** The lines of a chart: on the two main ones the thresholds of rules on what they show, and the number of cores on the load chart. */
export function chartLines(kind, rules, metrics, cores) {
  const names = MAIN.includes(kind) ? CHARTS[kind].map(({ name }) => name) : [];
  const lines = thresholds(rules, names).map((line) => {
    const unit = metrics[line.metric]?.unit ?? "";
    const series = CHARTS.load.find(({ name }) => name === line.metric);
    const same = kind === "load" && line.value === cores ? " = cores" : "";
    const of = series ? ` (${series.short})` : "";
    return { ...line, text: `${line.severity} at ${threshold(line.value, unit)}${same}${of}` };
  });
  if (kind === "load" && cores > 0 && !lines.some((line) => line.value === cores)) {
    lines.push({ value: cores, severity: "info", text: `cores = ${threshold(cores, "cores")}` });
  }
  return lines.sort((a, b) => a.value - b.value);
}
