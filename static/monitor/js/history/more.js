// The other charts: a strip of buttons, each opens one; what the host lacks is not offered; the choice is remembered.

import { openCharts, rememberCharts } from "../charts/open_charts.js";
import { CHARTS, MORE, PANELS } from "../charts/series.js";
import { element, icon, slot } from "../page/element.js";
import { saveMenu } from "./savemenu.js";

const LOOK_AGAIN_MS = 3000;

/** True when one of the metrics of a chart has a value. */
function offered(kind, ...sources) {
  return CHARTS[kind].some(({ name }) => sources.some((values) => (values?.[name] ?? null) !== null));
}

function panel(kind) {
  const { title, unit } = PANELS[kind];
  const legend = element("fieldset", { class: "legend", "data-slot": "legend" }, element("legend", { class: "visually-hidden" }, `Series of the chart ${title}`));
  const head = element("div", { class: "chart-head" }, element("h2", {}, `${title} `, element("span", { class: "muted" }, unit)), legend, saveMenu(title));
  const canvas = element("canvas", { role: "img", "aria-label": title });
  const box = element("div", { class: "chart-box", "data-slot": "box", tabindex: 0, role: "group", "aria-label": `${title} chart`, "aria-describedby": "chart-keys" }, canvas);
  return element("div", { class: "chart-panel", "data-chart": kind, id: `chart-${kind}` }, head, box);
}

export class MoreCharts {
  #root = slot("more-panels");
  #strip = slot("more-buttons");
  #buttons = new Map();
  #wired = new Set();
  #open = openCharts(location.search);

  /** @param {Explorer} explorer; @param {(kind: string) => void} onBuilt a panel is shown for the first time */
  constructor(explorer, onBuilt) {
    this.explorer = explorer;
    this.charts = explorer.dashboard.charts;
    this.onBuilt = onBuilt;
    this.offer();
    setInterval(() => !document.hidden && this.offer(), LOOK_AGAIN_MS);
  }

  /** Kinds of the charts that are open or will be once they have data. */
  get open() {
    return this.#open;
  }

  shown({ span }) {
    this.offer(span);
  }

  /** Offers what has data, live or in the span; what was offered once stays. */
  offer(span = null) {
    const { model } = this.explorer.dashboard;
    const fresh = MORE.filter((kind) => !this.#buttons.has(kind) && offered(kind, model.values, span?.means()));
    if (!fresh.length) return;
    for (const kind of fresh) this.#buttons.set(kind, this.#button(kind));
    this.#strip.replaceChildren(...MORE.map((kind) => this.#buttons.get(kind)).filter(Boolean));
    const wanted = fresh.filter((kind) => this.#open.includes(kind));
    const late = wanted.filter((kind) => !this.charts.kinds.includes(kind));
    for (const kind of wanted) this.#show(kind);
    if (late.length) this.explorer.refetch();
  }

  #button(kind) {
    const button = element("button", { type: "button", class: "button toggle", "aria-expanded": "false", "aria-controls": `chart-${kind}` });
    button.append(icon("closer"), " ", PANELS[kind].title);
    button.addEventListener("click", () => this.#toggle(kind));
    return button;
  }

  #toggle(kind) {
    const open = !this.#open.includes(kind);
    this.#open = open ? [...this.#open, kind] : this.#open.filter((other) => other !== kind);
    rememberCharts(this.#open);
    this.explorer.complete();
    if (!open) return this.#hide(kind);
    this.#show(kind);
    return this.explorer.refetch();
  }

  #show(kind) {
    this.#mark(kind, true);
    let found = document.querySelector(`[data-chart="${kind}"]`);
    const first = !this.#wired.has(kind);
    this.#wired.add(kind);
    if (!found) {
      found = panel(kind);
      const later = MORE.slice(MORE.indexOf(kind) + 1).map((other) => this.#root.querySelector(`[data-chart="${other}"]`)).find(Boolean);
      this.#root.insertBefore(found, later ?? null);
    }
    found.hidden = false;
    this.charts.add(kind);
    if (first) this.explorer.steering.wire(kind);
    if (first) this.onBuilt(kind);
    this.charts.redraw();
  }

  #hide(kind) {
    this.#mark(kind, false);
    document.querySelector(`[data-chart="${kind}"]`).hidden = true;
    this.charts.close(kind);
  }

  #mark(kind, open) {
    const button = this.#buttons.get(kind);
    button.setAttribute("aria-expanded", String(open));
    button.querySelector("svg").replaceWith(icon(open ? "wider" : "closer"));
  }
}
