// The small menu of a chart: a picture of it, or its data.

import { element, icon } from "../page/element.js";

/** The menu as an element; what it does is wired by saving.js. */
export function saveMenu(title) {
  const opener = element("button", { type: "button", class: "button", "data-slot": "save-open", "aria-expanded": "false", "aria-label": `Save ${title}`, title: "Save" }, icon("save"));
  const picture = element("button", { type: "button", class: "link", "data-slot": "save-png" }, "Picture (PNG)");
  const data = element("a", { href: "", download: true, "data-slot": "save-csv" }, "Data (CSV)");
  return element("div", { class: "save", "data-slot": "save" }, opener, element("div", { class: "menu", "data-slot": "save-menu", hidden: true }, picture, data));
}
