// The tab's title and icon: they carry an open alert, or that the data are old.

import { percent } from "../page/format.js";

const NAME = "Load monitor";

/** "(1) CPU 94 % - Load monitor". */
export function titleText({ open, cpu, state, host = "" }) {
  const badge = open > 0 ? `(${open}) ` : "";
  const name = host ? `${NAME} ${host}` : NAME;
  if (state === "live" || state === "history") return `${badge}CPU ${percent(cpu, 0)} - ${name}`;
  const words = { stale: "Stale", reconnecting: "Reconnecting", paused: "Paused", ended: "Not connected" };
  return words[state] ? `${badge}${words[state]} - ${name}` : `${badge}${name}`;
}

/** Which icon: "alert" wins, then "stale", then "paused". */
export function iconName({ open, state }) {
  if (["stale", "reconnecting", "ended"].includes(state)) return open > 0 ? "alert" : "stale";
  if (open > 0) return "alert";
  return state === "paused" ? "paused" : "ok";
}

const kept = [];

/** Fetches every icon while the server is there: the icon of trouble is wanted when it may be gone. */
function keepIcons(links) {
  for (const { dataset } of links) {
    for (const name of ["ok", "alert", "stale", "paused"]) {
      if (dataset[name]) kept.push(Object.assign(new Image(), { src: dataset[name] }));
    }
  }
}

/** Writes title and icon, only where they changed. */
export function showTitle(view) {
  if (!kept.length) keepIcons(document.querySelectorAll("link[data-icon]"));
  const text = titleText(view);
  if (document.title !== text) document.title = text;
  const icon = iconName(view);
  for (const link of document.querySelectorAll("link[data-icon]")) {
    const href = link.dataset[icon];
    if (href && link.getAttribute("href") !== href) link.setAttribute("href", href);
  }
}
