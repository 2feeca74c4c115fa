// The admin's rule form: the panel below it follows the fields as they are typed.

import { slot } from "../../page/element.js";
import { learn } from "../../page/vocabulary.js";
import { Panel } from "./panel.js";

const root = slot("backtest");

function field(name) {
  return document.getElementById(`id_${name}`);
}

function start() {
  const data = JSON.parse(document.getElementById("backtest-data").textContent);
  learn(data.words);
  const names = ["severity", ...Object.keys(data.fields)]; // the severity only colours it
  const fields = names.map(field);
  const editable = fields.every(Boolean);
  const read = () =>
    editable ? Object.fromEntries(fields.map((one, i) => [names[i], one.type === "checkbox" ? one.checked : one.value])) : data.rule;
  const panel = new Panel(root, data, read, editable ? fill : null);
  if (editable) showLevel();
  if (editable) for (const one of fields) one.addEventListener("input", () => panel.later());
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", () => panel.repaint());
  }
  new MutationObserver(() => panel.repaint()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  panel.start();
}

/** Only a share of time has a level; one that is there all the same stays in sight. */
function showLevel() {
  const show = () => {
    document.querySelector(".form-row.field-level").hidden = field("statistic").value !== "share" && field("level").value === "";
  };
  field("statistic").addEventListener("input", show);
  show();
}

/** Types the suggestion into both fields; nothing is saved by it. */
function fill({ suggested_threshold: fires, suggested_clear_threshold: clears }) {
  field("threshold").value = fires;
  field("clear_threshold").value = clears;
  field("threshold").dispatchEvent(new Event("input", { bubbles: true }));
}

if (root) start();
