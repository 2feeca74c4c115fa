// Chart.js, the one script that is not ours: it comes by itself, or not at all.

import { element } from "../page/element.js";

/** Whether there are charts; where not, `box` says how to get them. */
export function hasLibrary(box) {
  if (globalThis.Chart) return true;
  box.replaceChildren(element("p", { class: "no-chart" }, "The chart library is missing. On the server: .venv/bin/python manage.py vendor"));
  return false;
}
