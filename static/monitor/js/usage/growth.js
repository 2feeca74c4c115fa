// Whose memory grew most: an answer of the usage API in that order, and all but a few of it as the others.

import { isRest } from "./consumers.js";
import { grown } from "./kinds.js";
import { sums } from "./layers.js";

const ADDED = ["cpu_seconds", "share_percent", "memory_bytes", "read_bytes", "written_bytes", "waiting_seconds"];

/** What orders consumers: those who grew, then those of whom it is not known, who may have, then all others. */
function rank({ memory_growth_bytes: told, memory_highest_bytes: highest }) {
  const growth = grown(told);
  if (growth > 0) return [2, growth];
  return growth === null ? [1, highest ?? 0] : [0, growth];
}

/** The consumers by how much their memory grew, the rest last as it was. */
export function byGrowth(consumers) {
  const ranked = consumers.filter((one) => !isRest(one)).map((one) => [rank(one), one]);
  ranked.sort(([[kind, value]], [[otherKind, other]]) => otherKind - kind || other - value);
  return [...ranked.map(([, one]) => one), ...consumers.filter(isRest)];
}

/** The others with some more among them. */
function withMore(others, more) {
  const all = [others, ...more];
  const added = ADDED.map((name) => [name, sums(all.map((one) => [one[name]]), 1)[0]]);
  return { ...others, ...Object.fromEntries(added), series: sums(all.map(({ series }) => series), others.series.length), highest: null, highest_at: null };
}

/** The consumers with so many by name, in the order that they have, and all else as the others. */
export function folded(consumers, most) {
  const named = consumers.filter((one) => !isRest(one));
  if (named.length <= most) return consumers;
  const rest = consumers.filter(isRest).map((one) => (one.kind === "others" ? withMore(one, named.slice(most)) : one));
  return [...named.slice(0, most), ...rest];
}
