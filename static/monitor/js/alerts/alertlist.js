// The list of all alerts: the calendar's keys, the browser's zone, filters that send themselves without empty fields.

import { setText, slot } from "../page/element.js";
import { zone } from "../page/format.js";
import { startTheme } from "../page/theme.js";
import { tellZone } from "../page/zone.js";
import { startYear } from "./yeargrid.js";

startTheme(slot("theme"), () => {});
tellZone(new URL(document.querySelector(".brand a").href).pathname);
setText(slot("zone"), zone());
slot("other-zone").hidden = slot("rendered-zone").textContent === zone();
const year = slot("year");
if (year) startYear(year);

slot("filters")?.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData.entries()]) if (value === "") formData.delete(name);
});
