// The past of one part as a chart reads it, and in words; values in, values out.

import { inUnit } from "../page/format.js";
import { Span } from "./span.js";
import { moment } from "./words.js";

/** What the parts of a chart are. */
export const KINDS = { space: "file_system", disk: "disk", network: "interface" };

/** What a chart shows while no part is chosen. */
export const ALL = { space: "The fullest", disk: "All disks", network: "All interfaces" };

/** The figure of a part that each line of its chart shows. */
const FIGURES = {
  space: { disk_fullest_percent: "full_percent" },
  disk: { disk_read_bytes_per_second: "read_bytes_per_second", disk_write_bytes_per_second: "written_bytes_per_second" },
  network: { network_received_bytes_per_second: "received_bytes_per_second", network_sent_bytes_per_second: "sent_bytes_per_second" },
};

const LIVE_WIDTHS = 2.5; // the newest minute is told as it goes on
/** Percent by which a file system has grown before that is worth a sentence, and the share of it that is still its beginning. */
const LEAST_GROWTH = 1;
const BEGINNING = 0.02;

/** The parts that can be chosen, in the answer's order; `now` in percent where that says which one is meant, else null. */
export function choices(chart, { parts }) {
  return parts.map(({ name, figures }) => ({ name, now: figures.full_percent?.now ?? null }));
}

/** What a chart shows of one part: {name, source, limit, current, lines, words}; without data it shows that there are none. */
export function apart(chart, name, answer, isLive) {
  const figures = answer.parts.find((part) => part.name === name)?.figures;
  const [series, means] = [{}, {}];
  for (const [metric, figure] of Object.entries(FIGURES[chart])) {
    const { mean = [], high = [] } = figures?.[figure].series ?? {};
    series[metric] = { mean, low: mean, high };
    means[metric] = figures?.[figure].mean ?? null;
  }
  const source = new Span({ ...answer, series });
  source.fromMean = true;
  const current = isLive ? source.samples.at(-1)?.values ?? null : means;
  const limit = (isLive ? LIVE_WIDTHS : 1.5) * source.widthMs;
  return { name, source, limit, current, lines: chart === "space", words: partWords(chart, figures, answer) };
}

/**
 * Since when a file system fills: {at, from, to}, the last time at which it had hardly begun to grow to what it holds at the
 * end of the span; null where it has not grown.
 */
export function filling({ mean }, times) {
  const known = mean.flatMap((value, i) => (value === null ? [] : [{ at: times[i], value }]));
  const to = known.at(-1)?.value;
  const low = Math.min(...known.map(({ value }) => value));
  if (!known.length || to - low < LEAST_GROWTH) return null;
  const { at, value: from } = known.findLast(({ value }) => value <= low + BEGINNING * (to - low));
  return { at, from, to };
}

/** What a chart does not draw of a part: "92.9 % in use, 223.0 of 240.0 GiB. Filling since 27 Nov 05:00: then 60.9 %."; "" for nothing. */
export function partWords(chart, figures, { times, end_at: end }) {
  if (!figures) return "Not measured in this span.";
  if (chart === "space") return [held(figures), since(figures, times, end)].filter(Boolean).join(" ");
  return chart === "disk" ? busy(figures.busy_percent, end) : "";
}

function held({ used_bytes: used, size_bytes: size, inodes_percent: inodes, full_percent: full }) {
  if (used.now === null || size.now === null) return "";
  const space = `${inUnit(used.now, "bytes")} of ${inUnit(size.now, "bytes")} in use`;
  if (inodes.now === null) return `${space}.`;
  const scarce = inodes.now >= (full.now ?? Infinity);
  return `${space}; ${inUnit(inodes.now, "percent")} of the inodes${scarce ? ", which are scarcer: they are drawn" : ""}.`;
}

function since({ full_percent: { series, now } }, times, end) {
  const found = filling(series, times);
  if (!found) return "It has not filled up further in this span.";
  const begun = found.at === times[0] ? "before this span" : moment(found.at, end);
  return `Filling since ${begun}: from ${inUnit(found.from, "percent")} to ${inUnit(now ?? found.to, "percent")}.`;
}

function busy({ mean, highest, highest_at: at }, end) {
  if (mean === null) return "";
  return `Busy ${inUnit(mean, "percent")} of the time, most at ${moment(at, end)}: ${inUnit(highest, "percent")}.`;
}
