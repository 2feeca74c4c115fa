// The page of one rule: its stored numbers tried on the past, to be looked at.

import { Panel } from "./backtest/panel.js";
import { slot } from "./element.js";
import { startTheme } from "./theme.js";

const data = JSON.parse(document.getElementById("backtest-data").textContent);
const panel = new Panel(slot("backtest"), data, () => data.rule, null);

startTheme(slot("theme"), () => panel.repaint());
panel.start();
