// Shows who keeps the machine busy: four small tables, built anew only where their rows have changed, in a place that
// keeps its height.

import { element, setText, slot } from "../page/element.js";
import { atWork, culprits, steady } from "./culprits.js";

export class CulpritsView {
  #keys = {};
  #seen = false;
  #groups = [];

  /** Shows an evidence document, or that there is none; and the groups that are at work this second, null where nobody knows. */
  show(busy, now, groups = null) {
    this.#atWork(groups);
    const { known, line, isPart, extra, lists, empty } = culprits(busy, now);
    setText(slot("culprits-line"), line);
    slot("culprits-line").classList.toggle("longer", isPart);
    setText(slot("culprits-extra"), extra);
    slot("culprits-extra").title = extra;
    this.#seen ||= known;
    slot("culprits-extra").hidden = !this.#seen;
    slot("culprits-tables").hidden = !this.#seen;
    slot("culprits-tables").classList.toggle("unknown", !known);
    for (const [name, rows] of Object.entries(lists)) this.#list(name, rows, empty[name]);
  }

  /** A line from the first group on that is at work: it must not come and go, and a machine without groups needs none. */
  #atWork(groups) {
    const line = slot("culprits-at-work");
    this.#groups = steady(this.#groups, groups ?? []);
    if (this.#groups.length) line.hidden = false;
    const text = atWork(groups && this.#groups) || "At work now: not known.";
    setText(line, text);
    line.title = text;
  }

  #list(name, rows, empty) {
    setText(slot("empty", slot(`culprits-${name}`)), empty);
    const key = JSON.stringify(rows);
    if (this.#keys[name] === key) return;
    this.#keys[name] = key;
    const root = slot(`culprits-${name}`);
    slot("rows", root).replaceChildren(...rows.map((cells) => this.#row(cells)));
    slot("table", root).hidden = rows.length === 0;
    slot("empty", root).hidden = rows.length > 0;
  }

  #row({ id, name, note, figures }) {
    const who = element("th", { scope: "row", title: note ? `${name}, ${note}` : name }, element("bdi", {}, name), ...(note ? [" ", element("bdi", { class: "muted" }, note)] : []));
    return element("tr", { "data-id": id }, who, ...figures.map((figure) => element("td", { class: "number" }, figure)));
  }
}
