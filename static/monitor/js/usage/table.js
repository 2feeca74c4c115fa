// The table of By what: one row a consumer, which is the legend of the chart as well, with what it used at the cursor.

import { element, setText, slot } from "../page/element.js";
import { keyOf } from "./consumers.js";
import { KINDS, amount } from "./kinds.js";
import { rowOf } from "./words.js";

function figure(text, note = "", attributes = {}) {
  return element("td", { class: "number", ...attributes }, text, ...(note ? [" ", element("span", { class: "muted" }, note)] : []));
}

/** The sample of a layer in the legend: a number of a colour, "others" or "not_seen"; nothing where there is no layer. */
export function sample(colour) {
  return element("span", { class: "layer", "data-colour": colour ?? "none", "aria-hidden": "true" });
}

export class UsageTable {
  #root = slot("usage-table");
  #rows = slot("usage-rows");
  #then = new Map();
  #shown = "";

  /** Shows {answer, layers, colours, now, addressOf: the address of a consumer}. */
  show({ answer, layers, colours, now, addressOf }) {
    setText(slot("usage-share-head"), `Share of ${KINDS[answer.by].noun}`);
    setText(slot("usage-most-head"), `Most ${KINDS[answer.by].noun}`);
    const { consumers } = answer;
    const rows = consumers.map((consumer) => rowOf(consumer, layers, now));
    const key = JSON.stringify([rows, colours, location.search]);
    if (key === this.#shown) return;
    this.#shown = key;
    const focused = document.activeElement?.closest?.('[data-slot="usage-rows"] a')?.dataset.consumer;
    this.#then.clear();
    this.#rows.replaceChildren(...rows.map((row, i) => this.#row(row, row.isRest ? row.key : colours[i], consumers[i], addressOf)));
    if (focused) this.#rows.querySelector(`a[data-consumer="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  #row(row, colour, consumer, addressOf) {
    const name = element("bdi", {}, row.name);
    const who = row.isRest ? name : element("a", { href: addressOf(consumer), "data-consumer": row.key }, name);
    const title = row.note ? `${row.name}, ${row.note}` : row.name;
    const then = figure("", "", { class: "number then" });
    this.#then.set(row.key, then);
    return element(
      "tr", { "data-kind": row.isRest ? row.key : "consumer" },
      element("th", { scope: "row", title }, sample(colour), who, " ", element("bdi", { class: "muted" }, row.note)),
      then, figure(row.cpu), element("td", { class: "number share" }, bar(row.part), row.share), figure(row.highest, row.when), figure(row.memory, "", { class: "number" }), figure(row.growth), figure(row.read), figure(row.written), figure(row.waiting),
    );
  }

  /** Writes what each used at one moment; `value` tells it of a consumer, `head` what the moment is called. */
  point(consumers, head, unit, value) {
    setText(slot("usage-then-head"), head);
    for (const consumer of consumers) setText(this.#then.get(keyOf(consumer)), amount(value(consumer), unit));
  }

  /** Marks the column that the rows are ordered by: that of a kind of use, or that of the growth of memory. */
  order(by, growth) {
    for (const button of this.#root.querySelectorAll("button[data-by]")) {
      const isIt = button.dataset.by === by && "growth" in button.dataset === growth;
      if (isIt) button.closest("th").setAttribute("aria-sort", "descending");
      else button.closest("th").removeAttribute("aria-sort");
    }
  }

  /** Takes it away: there is nothing to show. */
  hide(hidden) {
    this.#root.hidden = hidden;
  }
}

function bar(part) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ class: "part", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(name, value);
  for (const [name, value] of Object.entries({ width: part.toFixed(1), height: 6 })) rect.setAttribute(name, value);
  svg.append(rect);
  return svg;
}
