// The list of the gaps in a span, each with its reason.

import { element, setText, slot } from "../page/element.js";
import { gapRow, gapsSummary } from "./words.js";

const MOST_ROWS = 100;

export class GapList {
  #summary = element("summary");
  #rows = element("ul");
  #root = element("details", { class: "gap-list", "data-slot": "gap-list" }, this.#summary, this.#rows);
  #gaps = [];
  #now = 0;
  #shown = null;

  /** @param {(span: {start, end}) => void} onShow looks at the surroundings of a gap */
  constructor(onShow) {
    this.onShow = onShow;
    this.#root.addEventListener("toggle", () => this.#root.open && this.#build());
  }

  /** Lists the gaps of a span {start, end, now}; what is shown already stays, so that a focus does. */
  show(gaps, span) {
    this.#gaps = gaps;
    this.#now = span.now;
    if (!this.#root.isConnected) slot("gaps").append(this.#root);
    setText(this.#summary, gapsSummary(gaps, span));
    if (this.#root.open) this.#build();
  }

  #build() {
    const newest = [...this.#gaps].reverse();
    const words = newest.slice(0, MOST_ROWS).map((gap) => gapRow(gap, this.#now));
    const key = JSON.stringify([newest.length, words]);
    if (key === this.#shown) return;
    this.#shown = key;
    const rows = words.map((row, i) => this.#row(row, newest[i]));
    if (newest.length > MOST_ROWS) rows.push(element("li", { class: "muted" }, `and ${newest.length - MOST_ROWS} older ones`));
    this.#rows.replaceChildren(...(rows.length ? rows : [element("li", { class: "muted" }, "Every sample is there.")]));
  }

  #row({ when, lasted, reason }, gap) {
    const button = element("button", { type: "button", class: "link" }, when);
    const margin = Math.max(60000, gap.end - gap.start);
    button.addEventListener("click", () => this.onShow({ start: gap.start - margin, end: gap.end + margin }));
    return element("li", {}, button, ` ${reason}${lasted ? `, ${lasted}` : ""}`);
  }
}
