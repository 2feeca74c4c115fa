// Times that the server wrote in its own zone, in the browser's: the charts speak that one too.

import { clockTime, date } from "../../page/format.js";

/** "24 Nov 2026 12:41:07" in the browser's zone. */
export function localText(at) {
  return `${date(at, true)} ${clockTime(at)}`.replace("Sept ", "Sep ");
}

/** Rewrites every <time> below `root`. */
export function localise(root) {
  for (const node of root.querySelectorAll("time[datetime]")) {
    const at = Date.parse(node.dateTime);
    const text = Number.isFinite(at) ? localText(at) : node.textContent;
    if (node.textContent !== text) node.textContent = text;
  }
}
