// The kinds of use that one may look at: what each is called, its unit, and which of them is chosen.

import { bytes, inUnit, percent } from "../page/format.js";
import { queryText } from "./consumers.js";

/** `noun` goes into "Most ..." and "Share of ..."; `least`: the smallest top of an axis that is sensible. */
export const KINDS = {
  cpu: { word: "CPU", noun: "CPU", unit: "cores", axis: "cores", least: 0.05, bytes: false },
  memory: { word: "Memory", noun: "memory", unit: "bytes", axis: "bytes, G = 1024³", least: 2 ** 20, bytes: true },
  read: { word: "Disk reads", noun: "disk reads", unit: "bytes_per_second", axis: "bytes a second, M = 1024²", least: 1024, bytes: true },
  written: { word: "Disk writes", noun: "disk writes", unit: "bytes_per_second", axis: "bytes a second, M = 1024²", least: 1024, bytes: true },
  waiting: { word: "Waiting", noun: "waiting", unit: "percent", axis: "% of time that one waited for a disk", least: 1, bytes: false },
};
const FIRST = "cpu";
const LEAST_GROWTH = 2 ** 16;
/** What an address may name of a span or a consumer: such a link shows everybody the same. */
const TELLING = ["range", "start", "end", "consumer"];

/** The kind that an address names; null where it names none that exists. */
export function namedKind(search) {
  const by = new URLSearchParams(search).get("by");
  return Object.hasOwn(KINDS, by ?? "") ? by : null;
}

/** The kind that an address asks for: the first one where it names none. */
export function kindOf(search) {
  return namedKind(search) ?? FIRST;
}

/** The kind to begin with: as the address says, else as it was chosen last; a link to a span or a consumer shows everybody the same. */
export function firstKind(search, remembered) {
  const query = new URLSearchParams(search);
  const isLink = TELLING.some((name) => query.has(name));
  return isLink || namedKind(search) || !Object.hasOwn(KINDS, remembered ?? "") ? kindOf(search) : remembered;
}

/** Whether an address asks for those first whose memory grew most. */
export function asksForGrowth(search) {
  return kindOf(search) === "memory" && new URLSearchParams(search).get("order") === "growth";
}

/** The query with a kind, and the order where it is by growth; without a word for the first kind. */
export function withKind(search, by, growth = false) {
  const query = new URLSearchParams(search);
  query.delete("order");
  if (growth) query.set("order", "growth");
  if (by === FIRST) query.delete("by");
  else query.set("by", by);
  return queryText(query);
}

/** "1.25 cores", "3.2 GiB", "1.0 MiB/s", "12.5 %". */
export function amount(value, unit) {
  if (unit === "cores" && Number.isFinite(value)) return `${value < 0.995 ? value.toFixed(2) : value.toFixed(1)} ${value === 1 ? "core" : "cores"}`;
  return inUnit(value, unit);
}

/** The share of a total: "12.5 %", "< 0.1 %" for what is there but little. */
export function share(value) {
  return Number.isFinite(value) && value > 0 && value < 0.05 ? "< 0.1 %" : percent(value);
}

/** How memory changed over the span, less than what a mean of looks is good for being nothing; null where it is unknown. */
export function grown(value) {
  if (!Number.isFinite(value)) return null;
  return Math.abs(value) < LEAST_GROWTH ? 0 : value;
}

/** "+120.0 MiB", "−3.0 MiB", "0 B". */
export function growth(value) {
  const found = grown(value);
  if (found === null) return bytes(null);
  const sign = found > 0 ? "+" : found < 0 ? "−" : "";
  return `${sign}${bytes(Math.abs(found))}`;
}
