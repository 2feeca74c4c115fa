// The page of one rule: its stored numbers tried on the past, to be looked at.

import { Panel } from "./backtest/panel.js";
import { localise } from "./alert/localtimes.js";
import { setText, slot } from "./element.js";
import { zone } from "./format.js";
import { startTheme } from "./theme.js";
import { tellZone } from "./zone.js";

const data = JSON.parse(document.getElementById("backtest-data").textContent);
const panel = new Panel(slot("backtest"), data, () => data.rule, null);

localise(document);
setText(slot("zone"), zone());
startTheme(slot("theme"), () => panel.repaint());
tellZone(new URL(document.querySelector(".brand a").href).pathname);
panel.start();
