// The charts in words, for a reader who does not see the canvas.

import { clockTime, inUnit, minuteTime } from "../page/format.js";
import { NAMES } from "./series.js";
import { summary } from "./table.js";

/** What one chart shows: "Last 20 minutes. CPU busy: now 12 %, mean 9 %, ...". */
export function describeChart(series, { label, source, current, rest, timeOf = minuteTime, openCount }, metrics, gapCount) {
  const lines = series.map(({ name }) => {
    const { label: title = name, unit = "" } = metrics[name] ?? {};
    const { mean, high, highAt } = summary(source.samples, name);
    if (mean === null) return `${title}: no data.`;
    const now = rest === "mean" ? "" : `now ${inUnit(current?.[name] ?? null, unit)}, `;
    return `${title}: ${now}mean ${inUnit(mean, unit)}, highest ${inUnit(high, unit)} at ${timeOf(highAt)}.`;
  });
  const gaps = gapCount === 1 ? "1 gap" : `${gapCount} gaps`;
  const open = openCount === 1 ? "1 open alert" : `${openCount} open alerts`;
  return `${label}. ${lines.join(" ")} ${gaps}, ${open}.`;
}

/** What is said when a key moves the cursor. */
export function spoken(cursor, { timeOf = clockTime }, metrics) {
  if (!cursor) return "Cursor off.";
  const words = NAMES.map((name) => {
    const { label = name, unit = "" } = metrics[name] ?? {};
    return `${label} ${inUnit(cursor.values?.[name] ?? null, unit)}`;
  });
  return `${timeOf(cursor.at)}: ${words.join(", ")}`;
}
