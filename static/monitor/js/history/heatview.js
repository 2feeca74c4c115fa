// The busy hours as a table of 7 days and 24 hours; a cell says its number, its colour only repeats it.

import { element, setText, slot } from "../page/element.js";
import { zone } from "../page/format.js";
import { rfc3339 } from "../page/range.js";
import { recall, remember } from "../page/storage.js";
import { ask } from "./fetching.js";
import { DAYS, LEVELS, cellText, hourWords, level, sentence } from "./heat.js";
import { failureWords } from "./words.js";

const FRESH_MS = 15 * 60000;
const WEEKS = 4;
const MOST_DAYS = 20;

function cell(value, day, hour) {
  const found = level(value);
  if (found === null) return element("td", { class: "none", title: `${DAYS[day]} ${hourWords(hour)}: not yet known` }, element("span", { class: "visually-hidden" }, "not yet known"));
  return element("td", { "data-level": found, title: `${DAYS[day]} ${hourWords(hour)}: ${value.toFixed(2)} per core` }, cellText(value));
}

export class HeatView {
  #opener = slot("busy-open");
  #body = slot("busy-body");
  #answers = new Map(); // what is usual, by the day of the moment that is held against it

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

  /** What is usual in the last four weeks without the day of `at`, fetched when it is older than a quarter of an hour. */
  async cells(at = null) {
    return (await this.#answer(at)).usual;
  }

  async #answer(at = null) {
    const day = at === null ? "" : new Date(at).toDateString();
    const known = this.#answers.get(day);
    if (known && performance.now() - known.askedAt < FRESH_MS) return known.answer;
    const moment = at === null ? {} : { at: rfc3339(Math.round(at)) };
    const answer = await ask(this.path, { host: this.host, weeks: WEEKS, zone: zone(), ...moment });
    if (this.#answers.size >= MOST_DAYS) this.#answers.clear();
    this.#answers.set(day, { answer, askedAt: performance.now() });
    return answer;
  }

  async #show() {
    if (!this.#answers.has("")) this.#say("Loading ...", false);
    try {
      const { usual, usual_from_weeks: weeks } = await this.#answer();
      this.#say(sentence(usual, weeks), false);
      this.#build(usual);
    } catch (failure) {
      this.#say(failureWords(failure), true);
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
    slot("busy-key").replaceChildren(...key, element("li", {}, element("span", { class: "swatch none", "aria-hidden": "true" }), "not yet known"));
    slot("busy-table").hidden = false;
  }
}
