// The horizontal lines of a chart and what stands beside them.

import { threshold } from "../page/format.js";
import { thresholds } from "./bands.js";
import { CHARTS, PANELS } from "./series.js";

const HEADROOM = 1.15;

/** The lines of a chart: the thresholds of rules on what it draws, and the number of cores on the load chart. */
export function chartLines(kind, rules, metrics, cores) {
  const lines = thresholds(rules, CHARTS[kind].map(({ name }) => name)).map((line) => ({ ...line, text: lineText(kind, line, metrics, cores) }));
  if (kind === "load" && cores > 0 && !lines.some((line) => line.value === cores)) {
    lines.push({ value: cores, severity: "info", text: `cores = ${threshold(cores, "cores")}` });
  }
  return lines.sort((a, b) => a.value - b.value);
}

/** "critical at 4 (5 min)", "warning below 10 %": which series is meant is said where there are several. */
function lineText(kind, { severity, comparison, metric, value }, metrics, cores) {
  const { short } = CHARTS[kind].find(({ name }) => name === metric);
  const same = kind === "load" && value === cores ? " = cores" : "";
  const of = CHARTS[kind].length > 1 ? ` (${short})` : "";
  return `${severity} ${comparison === "below" ? "below" : "at"} ${threshold(value, metrics[metric]?.unit ?? "")}${same}${of}`;
}

/** The least top of a chart: its lowest line is in sight, of percentages all are; they cannot press the rest down by much. */
export function leastTop(kind, lines, cores) {
  const { least = 1, most } = PANELS[kind];
  const sighted = most === 100 ? lines.at(-1) : lines[0];
  return Math.max(kind === "load" ? (cores ?? 1) * 1.25 : least, (sighted?.value ?? 0) * HEADROOM);
}
