// Which of the charts that may be closed are open: as the address says, else as this browser remembers, else the first ones.

import { recall, remember } from "../page/storage.js";
import { MORE, OPEN_FIRST } from "./series.js";

const NONE = "none";

function known(kinds) {
  return MORE.filter((kind) => kinds.includes(kind));
}

/** The charts that an address names, in their order; null where it names none. */
export function namedCharts(search) {
  const text = new URLSearchParams(search).get("charts");
  if (text === null) return null;
  const kinds = known(text.split(","));
  return kinds.length || text === NONE ? kinds : null;
}

/** The query with the open charts; without them where they are the first ones. */
export function withCharts(search, open) {
  const query = new URLSearchParams(search);
  const text = known(open).join(",");
  if (text === OPEN_FIRST.join(",")) query.delete("charts");
  else query.set("charts", text || NONE);
  return query.toString();
}

/** The charts to open when the page begins. */
export function openCharts(search) {
  const remembered = recall("charts", OPEN_FIRST);
  return namedCharts(search) ?? known(Array.isArray(remembered) ? remembered : OPEN_FIRST);
}

export function rememberCharts(open) {
  remember("charts", open);
}
