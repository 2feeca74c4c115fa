// What a gap of the live window says on the chart.

import { clockTime, minuteTime } from "./format.js";

/** "no data 12:33–12:35". */
export function gapText({ start, end, kind }) {
  if (kind === "empty") return "no data";
  if (kind === "before") return `no data before ${minuteTime(end)}`;
  if (kind === "after") return `no data since ${clockTime(start)}`;
  const time = end - start < 120000 ? clockTime : minuteTime;
  return `no data ${time(start)}–${time(end)}`;
}
