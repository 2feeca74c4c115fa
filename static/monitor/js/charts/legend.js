// The legend above a chart: real checkboxes, a sample of the line, and the value now or at the cursor.

import { element, setText } from "../page/element.js";
import { inUnit } from "../page/format.js";

function lineSample(dash, width = 2.5) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  svg.setAttribute("class", "sample");
  svg.setAttribute("viewBox", "0 0 26 8");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", "M0 4h26");
  line.setAttribute("stroke", "currentColor");
  line.setAttribute("stroke-width", width);
  if (dash.length) line.setAttribute("stroke-dasharray", dash.join(" "));
  svg.append(line);
  return svg;
}

export class Legend {
  #rows = new Map();
  #at;
  #root;
  #ghost = null;
  #band = null;

  /** @param {(name: string, visible: boolean) => string[]} onToggle returns the series hidden afterwards */
  constructor(root, series, metrics, onToggle) {
    this.#root = root;
    this.#at = element("span", { class: "at" });
    root.append(this.#at);
    for (const { name, short, dash } of series) {
      const input = element("input", { type: "checkbox", checked: true });
      const reading = element("span", { class: "reading" });
      const label = element("label", {}, input, lineSample(dash), element("span", {}, short));
      root.append(element("span", { class: "series", "data-series": name }, label, reading));
      this.#rows.set(name, { input, reading, unit: metrics[name]?.unit ?? "" });
      input.addEventListener("change", () => this.hide(onToggle(name, input.checked)));
    }
  }

  /** Ticks the boxes of what is visible; what may not be hidden jumps back. */
  hide(hidden) {
    for (const [name, { input }] of this.#rows) input.checked = !hidden.includes(name);
  }

  /** Says what the band is: {text, name of its series}, or null where there is none. */
  setBand(band) {
    if (this.#band?.text === band?.text && this.#band?.name === band?.name) return;
    this.#band?.root.remove();
    this.#band = null;
    if (!band) return;
    const root = element("span", { class: "series band", "data-series": band.name }, element("span", { class: "patch", "aria-hidden": "true" }), element("span", {}, band.text));
    this.#band = { ...band, root };
    this.#root.append(root);
  }

  /** Adds the entry of the earlier line, or takes it away: {name, text} or null. */
  setGhost(ghost) {
    if (this.#ghost?.text === ghost?.text) return;
    this.#ghost?.root.remove();
    this.#ghost = null;
    if (!ghost) return;
    const reading = element("span", { class: "reading" });
    const root = element("span", { class: "series ghost" }, lineSample([], 1.2), element("span", {}, ghost.text), reading);
    this.#ghost = { ...ghost, root, reading };
    this.#root.append(root);
  }

  /** Values of one moment and what that moment is called; the value of the earlier line beside them. */
  show(values, at, earlier = null) {
    setText(this.#at, at);
    if (this.#ghost) setText(this.#ghost.reading, inUnit(earlier, this.#rows.get(this.#ghost.name).unit));
    for (const [name, { reading, unit }] of this.#rows) setText(reading, inUnit(values?.[name] ?? null, unit));
  }
}
