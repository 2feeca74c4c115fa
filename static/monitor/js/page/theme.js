// The theme switch: automatic, light or dark; and printing, which is always light.

import { recall, remember } from "./storage.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

function apply(choice) {
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
  else delete document.documentElement.dataset.theme;
}

/** Wires the <select>; `onChange` is called whenever the colours may have changed. */
export function startTheme(select, onChange) {
  select.value = recall("theme", "auto");
  if (!select.value) select.value = "auto";
  select.addEventListener("change", () => {
    remember("theme", select.value);
    apply(select.value);
    onChange();
  });
  for (const query of [dark, matchMedia("(prefers-contrast: more)"), matchMedia("(forced-colors: active)")]) {
    query.addEventListener("change", onChange);
  }
  addEventListener("beforeprint", () => {
    apply("light");
    onChange();
  });
  addEventListener("afterprint", () => {
    apply(select.value);
    onChange();
  });
}
