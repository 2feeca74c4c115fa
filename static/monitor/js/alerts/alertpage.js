// The page of one alert: its chart, its times in the browser's zone, and news while it is open.

import { setText, slot } from "../page/element.js";
import { zone } from "../page/format.js";
import { startTheme } from "../page/theme.js";
import { tellZone } from "../page/zone.js";
import { Figure } from "./page/figure.js";
import { localise } from "./page/localtimes.js";
import { onwardSearch } from "./page/onward.js";
import { Renewing } from "./page/renewing.js";

const data = JSON.parse(document.getElementById("alert-data").textContent);
const box = slot("chart-box");
const figure = box && data.history ? new Figure(box, data) : null;

localise(document);
for (const node of document.querySelectorAll('[data-slot="zone"]')) setText(node, zone());
startTheme(slot("theme"), () => {
  figure?.draw();
  figure?.resize();
});
figure?.start();
for (const link of slot("onward")?.querySelectorAll("a") ?? []) link.search = onwardSearch(link.search, data.onward);

// The answer to a form stands under the form's own address: reloading it would send the form again.
history.replaceState(null, "", location.pathname.replace(/(\/\d+\/)(acknowledge|end|note|share|revoke)\/$/, "$1") + location.hash);
const home = document.querySelector(".brand a");
if (home) tellZone(new URL(home.href).pathname);

if (data.live) {
  const renewing = new Renewing({
    data,
    onState: (word, over) => {
      setText(slot("announcer"), `The alert is now: ${word}.`);
      if (over) slot("acknowledge")?.remove();
    },
    onHistory: (history) => {
      const own = history.alerts.find(({ id }) => id === data.alert.id);
      figure?.renew({ alert: own, history });
    },
  });
  renewing.start();
}

slot("copy-link")?.addEventListener("click", async () => {
  const input = slot("made-link");
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    setText(slot("copy-link"), "Copied");
  } catch {
    setText(slot("copy-link"), "Press Ctrl+C");
  }
});
