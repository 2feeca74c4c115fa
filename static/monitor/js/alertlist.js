// The list of all alerts: the calendar's keys, the browser's zone, filters that send themselves without empty fields.

import { setText, slot } from "./element.js";
import { zone } from "./format.js";
import { startTheme } from "./theme.js";
import { startYear } from "./yeargrid.js";
import { tellZone } from "./zone.js";

startTheme(slot("theme"), () => {});
tellZone(new URL(document.querySelector(".brand a").href).pathname);
setText(slot("zone"), zone());
slot("other-zone").hidden = slot("rendered-zone").textContent === zone();
const year = slot("year");
if (year) startYear(year);

slot("filters")?.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData.entries()]) if (value === "") formData.delete(name);
});
