// The strip under the load chart: a cell a day with its hours above the cores; a click, or Enter, opens the day.

import { element, setText, slot } from "../page/element.js";
import { month, zone } from "../page/format.js";
import { absolute, rangeSearch, rfc3339 } from "../page/range.js";
import { dayWords, daysWords, level, reached, shapeOf, shareOf, spanOfDay } from "./days.js";
import { Newest, ask } from "./fetching.js";
import { failureWords } from "./words.js";

export class DaysView {
  #text = element("p", { class: "days-text muted" });
  #cells = element("div", { class: "days-cells", role: "group", "aria-label": "Hours above the cores by day. Arrow keys move, Enter opens a day." });
  #root = element("div", { class: "days", "data-slot": "days", hidden: true }, this.#cells, this.#text);
  #newest = new Newest();
  #shown = null;
  #at = -1;

  /** @param {object} options {panel: of the load chart, path, host} */
  constructor({ panel, path, host }) {
    Object.assign(this, { path, host });
    slot("box", panel).after(this.#root);
    for (const type of ["pointerover", "focusin"]) this.#cells.addEventListener(type, ({ target }) => this.#read(target));
    for (const type of ["pointerleave", "focusout"]) this.#cells.addEventListener(type, () => this.#read(null));
    this.#cells.addEventListener("keydown", (event) => this.#pressed(event));
    new ResizeObserver(() => this.#shown && this.#shape()).observe(this.#root);
  }

  live() {
    this.#hide();
  }

  /** Above a week, as the percentiles: on shorter spans the hours can be seen. */
  shown({ span, now }) {
    if (span.mostlyMs) this.#show(span, now);
    else this.#hide();
  }

  /** Fetches and shows the days of a span. */
  async #show({ start, end }, now) {
    try {
      const stamp = (at) => rfc3339(Math.round(at));
      const answer = await this.#newest.ask((signal) => ask(this.path, { host: this.host, start: stamp(start), end: stamp(end), zone: zone() }, signal));
      if (answer) this.#build(answer.days, { start, end }, now);
    } catch (failure) {
      this.#hide();
      this.#root.hidden = false;
      setText(this.#text, `The hours above the cores cannot be told: ${failureWords(failure)}`);
    }
  }

  #hide() {
    this.#newest.drop();
    this.#shown = null;
    this.#root.hidden = true;
    this.#cells.replaceChildren();
  }

  #build(days, span, now) {
    const focused = this.#cells.contains(document.activeElement) ? this.#at : -1;
    this.#shown = { days, span, now };
    this.#at = Math.min(this.#at < 0 ? days.length - 1 : this.#at, days.length - 1);
    const links = days.map((day, index) => this.#cell(day, index, now));
    this.#cells.replaceChildren(...links);
    this.#root.hidden = days.length === 0;
    this.#shape();
    this.#read(null);
    if (focused >= 0) links[this.#at]?.focus();
  }

  #cell(day, index, now) {
    const words = dayWords(day, now);
    const found = level(day);
    return element("a", {
      href: rangeSearch(absolute(spanOfDay(day, now)), location.search), "data-range": true, "data-day": index, "data-level": found, class: found === null ? "none" : null,
      title: words, "aria-label": words, tabindex: index === this.#at ? 0 : -1,
    });
  }

  /** Lays the cells under the time axis, or by months in little room; what of the axis is still to come stays free. */
  #shape() {
    const { days, span } = this.#shown;
    const shape = shapeOf(days.length, this.#root.clientWidth - 50);
    const links = [...this.#cells.querySelectorAll("a")];
    this.#cells.dataset.shape = shape;
    for (const name of this.#cells.querySelectorAll(".month")) name.remove();
    let row = 0;
    links.forEach((link, i) => {
      const local = new Date(days[i].start_at + 43200000);
      const begins = i === 0 || local.getDate() === 1;
      if (begins) row += 1;
      if (begins && shape === "months") link.before(this.#month(days[i].start_at + 43200000, row));
      Object.assign(link.style, shape === "months" ? { gridColumn: local.getDate() + 1, gridRow: row, flexGrow: "" } : { gridColumn: "", gridRow: "", flexGrow: shareOf(days[i], span) });
    });
  }

  #month(at, row) {
    const name = element("span", { class: "month muted", "aria-hidden": "true" }, month(at));
    Object.assign(name.style, { gridColumn: 1, gridRow: row });
    return name;
  }

  /** Says the day under the pointer or focus, else the sum of all. */
  #read(target) {
    if (!this.#shown) return;
    const { days, now } = this.#shown;
    const focused = this.#cells.contains(document.activeElement) ? document.activeElement : null;
    const index = (target ?? focused)?.dataset?.day;
    setText(this.#text, index === undefined ? daysWords(days) : `${dayWords(days[index], now)}. Click to open it.`);
  }

  #pressed(event) {
    const index = Number(document.activeElement?.dataset?.day ?? NaN);
    const to = Number.isNaN(index) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey ? null : reached(event.key, index, this.#shown.days.length);
    if (to === null) return;
    event.preventDefault();
    const links = this.#cells.querySelectorAll("a");
    links[this.#at].tabIndex = -1;
    this.#at = to;
    links[to].tabIndex = 0;
    links[to].focus();
  }
}
