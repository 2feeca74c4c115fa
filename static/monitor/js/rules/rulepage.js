// The page of one rule: its stored numbers tried on the past, to be looked at.

import { localise } from "../alerts/page/localtimes.js";
import { setText, slot } from "../page/element.js";
import { zone } from "../page/format.js";
import { startTheme } from "../page/theme.js";
import { learn } from "../page/vocabulary.js";
import { tellZone } from "../page/zone.js";
import { Panel } from "./backtest/panel.js";

const data = JSON.parse(document.getElementById("backtest-data").textContent);
learn(data.words);
const panel = new Panel(slot("backtest"), data, () => data.rule, null);

localise(document);
setText(slot("zone"), zone());
startTheme(slot("theme"), () => panel.repaint());
tellZone(new URL(document.querySelector(".brand a").href).pathname);
panel.start();
