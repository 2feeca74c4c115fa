// The page's entry: reads the first paint, wires the rooms together, and lets each frame through.

import { slot, setText } from "../page/element.js";
import { zone } from "../page/format.js";
import { parseRange } from "../page/range.js";
import { startTheme } from "../page/theme.js";
import { learn } from "../page/vocabulary.js";
import { tellZone } from "../page/zone.js";
import { Dashboard } from "./dashboard.js";
import { startHosts } from "./hosts.js";

const page = JSON.parse(document.getElementById("first-paint").textContent);
learn(page.words);
const dashboard = page.host ? new Dashboard(page, parseRange(location.search).range.kind !== "live") : null;

tellZone(location.pathname);
for (const node of document.querySelectorAll('[data-slot="zone"]')) setText(node, zone());
startHosts(slot("hosts"), page.host?.name);
startTheme(slot("theme"), () => dashboard?.repaint());

if (dashboard) {
  dashboard.start();
  startHistory();
} else {
  waitForHost();
}

/** The past comes after the first paint: a live page never waits for it; what is clicked meanwhile is done then. */
async function startHistory() {
  let early = null;
  const hold = ({ target }) => {
    early = target.closest(".range-bar button, .save button, .busy button") ?? early;
  };
  document.addEventListener("click", hold);
  const [{ Explorer }, { UsagePanel }] = await Promise.all([import("../history/explorer.js"), import("../usage/panel.js")]);
  document.removeEventListener("click", hold);
  const explorer = new Explorer(dashboard, page);
  new UsagePanel(explorer).start();
  explorer.start();
  early?.click();
}

/** No sampler has run yet: look again every few seconds, and reload once there is a host. */
function waitForHost() {
  const chip = slot("chip");
  chip.dataset.state = "connecting";
  setText(slot("chip-word"), "Waiting");
  setText(slot("chip-detail"), "for the first sample");
  const look = async () => {
    const response = await fetch(page.urls.hosts ?? page.urls.samples.replace(/samples$/, "hosts")).catch(() => null);
    const body = response?.ok ? await response.json().catch(() => null) : null;
    if (body?.hosts?.length) location.reload();
    else setTimeout(look, 3000);
  };
  setTimeout(look, 2000);
}
