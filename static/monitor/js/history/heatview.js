// The busy hours as a table of 7 days and 24 hours; a cell says its number, its colour only repeats it.

import { element, setText, slot } from "../page/element.js";
import { zone } from "../page/format.js";
import { recall, remember } from "../page/storage.js";
import { ask } from "./fetching.js";
import { DAYS, LEVELS, cellText, hourWords, level, sentence } from "./heat.js";
import { failureWords } from "./words.js";

const FRESH_MS = 15 * 60000;
const WEEKS = 4;

function cell(value, day, hour) {
  const found = level(value);
  if (found === null) return element("td", { class: "none", title: `${DAYS[day]} ${hourWords(hour)}: no data` }, element("span", { class: "visually-hidden" }, "no data"));
  return element("td", { "data-level": found, title: `${DAYS[day]} ${hourWords(hour)}: ${value.toFixed(2)} per core` }, cellText(value));
}

export class HeatView {
  #opener = slot("busy-open");
  #body = slot("busy-body");
  #cells = null;
  #askedAt = -Infinity;

  /** @param {object} options {path, host} */
  constructor({ path, host }) {
    Object.assign(this, { path, host });
    this.#opener.addEventListener("click", () => this.#toggle(this.#body.hidden));
    slot("busy-retry").addEventListener("click", () => this.#show());
    if (recall("busy", false) === true) this.#toggle(true);
  }

  #toggle(open) {
    remember("busy", open);
    this.#body.hidden = !open;
    this.#opener.setAttribute("aria-expanded", String(open));
    if (open) this.#show();
  }

  /** The cells of the last four weeks, fetched when they are older than a quarter of an hour. */
  async cells() {
    if (this.#cells && performance.now() - this.#askedAt < FRESH_MS) return this.#cells;
    const answer = await ask(this.path, { host: this.host, weeks: WEEKS, zone: zone() });
    this.#askedAt = performance.now();
    this.#cells = answer.cells;
    return this.#cells;
  }

  async #show() {
    if (!this.#cells) this.#say("Loading ...", false);
    try {
      const cells = await this.cells();
      this.#say(sentence(cells), false);
      this.#build(cells);
    } catch (failure) {
      this.#say(failureWords({ status: failure.status ?? 0, error: failure.error ?? "" }), true);
    }
  }

  #say(text, retry) {
    setText(slot("busy-text"), text);
    slot("busy-retry").hidden = !retry;
  }

  #build(cells) {
    const rows = cells.map((row, day) =>
      element("tr", {}, element("th", { scope: "row" }, element("abbr", { title: DAYS[day] }, DAYS[day].slice(0, 3))), ...row.map((value, hour) => cell(value, day, hour))),
    );
    slot("busy-rows").replaceChildren(...rows);
    const key = LEVELS.map((text, i) => element("li", {}, element("span", { class: "swatch", "data-level": i, "aria-hidden": "true" }), text));
    slot("busy-key").replaceChildren(...key, element("li", {}, element("span", { class: "swatch none", "aria-hidden": "true" }), "no data"));
    slot("busy-table").hidden = false;
  }
}
