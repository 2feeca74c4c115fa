// From the page of an alert to the charts of its host: which of them is to be open, and what is chosen in it.

import { withCharts } from "../../charts/open_charts.js";
import { APART, MAIN, OPEN_FIRST, chartOfFamily } from "../../charts/series.js";

/** The query of a link to the dashboard with the chart of the alert's family open, and its part chosen there. */
export function onwardSearch(search, { family, part }) {
  const kind = chartOfFamily(family);
  if (kind === null || MAIN.includes(kind)) return search;
  const query = new URLSearchParams(withCharts(search, [...OPEN_FIRST, kind]));
  if (part && APART.includes(kind)) query.set(kind, part);
  return `?${query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/")}`;
}
