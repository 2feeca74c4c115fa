// The address of a view: its range, what it is compared with, and which charts are open; so a link shows the same.

import { withCharts } from "../charts/open_charts.js";
import { rangeSearch } from "../page/range.js";
import { withChoice } from "./compare.js";

/** The query of a view, with what else `search` holds: "?host=a&range=7d&compare=day&charts=tasks,disk"; "" where nothing is left. */
export function viewSearch({ range, choice, open }, search) {
  const others = new URLSearchParams(search);
  for (const name of ["compare", "charts"]) others.delete(name);
  const query = withCharts(withChoice(rangeSearch(range, others), choice), open);
  return query ? `?${query.replaceAll("%3A", ":").replaceAll("%2C", ",")}` : "";
}
