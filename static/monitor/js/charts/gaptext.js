// What a gap says on the chart.

import { clockTime, date, minuteTime, year } from "../page/format.js";
import { gapWord } from "../page/vocabulary.js";

/** Why a gap is there, without its times: "clock set back by 1 h". */
export function gapReason({ kind, note = "" }) {
  if (kind === "clock_stepped" && note) return note.startsWith("set ") ? `clock ${note}` : note.replace(/\.$/, "");
  return gapWord(kind);
}

/** "suspended 02:10–06:40", as it stands on a chart. */
export function gapWords(gap) {
  const reason = gapReason(gap);
  if (gap.end - gap.start < 1000) return `${reason}, ${minuteTime(gap.start)}`;
  const time = gap.end - gap.start < 120000 ? clockTime : minuteTime;
  if (date(gap.start, true) === date(gap.end, true)) return `${reason} ${time(gap.start)}–${time(gap.end)}`;
  const dated = (at) => `${date(at, year(gap.start) !== year(gap.end))} ${time(at)}`;
  return `${reason} ${dated(gap.start)}–${dated(gap.end)}`;
}

/** The gaps of an answer as bands, oldest first; `short` is what stands on a band that is too narrow for `text`. */
export function gapBands(gaps) {
  return gaps
    .map(({ start_at: start, end_at: end, kind, note = "" }) => ({ start, end, kind, note }))
    .map((gap) => ({ ...gap, text: gapWords(gap), short: gapReason(gap) }))
    .sort((a, b) => a.start - b.start);
}

/** A gap of the live window that nobody explained: "no data 12:33–12:35". */
export function gapText({ start, end, kind }) {
  if (kind === "empty") return "no data";
  if (kind === "before") return `no data before ${minuteTime(end)}`;
  if (kind === "after") return `no data since ${clockTime(start)}`;
  const time = end - start < 120000 ? clockTime : minuteTime;
  return `no data ${time(start)}–${time(end)}`;
}
