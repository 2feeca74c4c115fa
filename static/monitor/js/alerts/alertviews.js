// Shows the alerts: the banner of the open ones and the log of all.

import { addressOf } from "../page/addresses.js";
import { element, icon, setText, slot } from "../page/element.js";
import { dayTime } from "../page/format.js";
import { absolute, rangeSearch } from "../page/range.js";
import { send } from "../page/sending.js";
import { severityWord } from "../page/vocabulary.js";
import { amount, byWeight, combined, listedWords, noneWords, ofSpan, present, row } from "./alerts.js";

const MOST_LINES = 3;
const MOST_ROWS = 20;

/** The banner's lines; what ticks is apart from what was announced. */
export class Banner {
  #lines = new Map();
  #key = "";
  #urls;
  #may;

  /** @param {object} options {urls, may: whether this person may acknowledge} */
  constructor({ urls, may }) {
    this.#urls = urls;
    this.#may = may;
  }

  /** Shows the open alerts; `seenAt` is when their values were true, null where they are of now. */
  show(open, words, now, seenAt = null) {
    const root = slot("banner");
    root.hidden = open.length === 0;
    const first = byWeight(open).slice(0, MOST_LINES);
    const key = JSON.stringify([first.map((alert) => [alert.id, alert.severity, alert.condition, alert.acknowledged_at]), open.length]);
    if (key !== this.#key) this.#build(root, first, open.length, words, now);
    this.#key = key;
    for (const alert of first) this.#update(alert, words, now, seenAt);
  }

  #build(root, first, length, words, now) {
    this.#lines.clear();
    root.dataset.severity = first[0]?.severity ?? "";
    const items = first.map((alert) => {
      const rest = element("span");
      this.#lines.set(alert.id, rest);
      const head = element("strong", {}, `${severityWord(alert.severity)}:`);
      const link = element("a", { href: addressOf(this.#urls.alert, alert.id) }, alert.condition);
      return element("li", { "data-alert": alert.id, "data-severity": alert.severity }, head, " ", link, ` since ${dayTime(alert.fired_at, now)} `, rest, " ", this.#taken(alert));
    });
    if (length > first.length) items.push(element("li", { class: "muted" }, `and ${length - first.length} more in the log below`));
    slot("banner-lines").replaceChildren(...items);
  }

  /** Who has taken the alert on, or the button to do so. */
  #taken(alert) {
    if (alert.acknowledged_at) return element("span", { class: "acknowledged" }, `acknowledged${alert.acknowledged_by ? ` by ${alert.acknowledged_by}` : ""}`);
    if (!this.#may) return null;
    const button = element("button", { type: "button", class: "link" }, "Acknowledge", element("span", { class: "visually-hidden" }, ` ${alert.rule}`));
    button.addEventListener("click", () => this.#acknowledge(alert, button));
    return button;
  }

  async #acknowledge(alert, button) {
    button.disabled = true;
    const { error } = await send("POST", addressOf(this.#urls.acknowledge, alert.id), {});
    if (!error) return; // the news come over the socket
    button.disabled = false;
    button.after(element("span", { class: "field-error", role: "alert" }, ` ${error}`));
  }

  #update(alert, words, now, seenAt) {
    setText(this.#lines.get(alert.id), present(alert, words, now, seenAt));
  }
}

/** The log: one row an alert, built anew only when the set has changed. */
export class Log {
  #key = "";
  #moving = new Map();
  #url;

  /** @param {string} url address of an alert's page, with 0 for its id */
  constructor(url) {
    this.#url = url;
  }

  /**
   * @param {object} present the alerts of now: {open, recent}; @param {object | null} past {episodes, leftOut, label}: those
   * of the span that is shown instead
   */
  show(present, words, now, past = null) {
    const all = combined(past ? ofSpan(past.episodes, present) : present);
    const shown = all.slice(0, MOST_ROWS).map((alert) => row(alert, words, now));
    const key = JSON.stringify(shown.map(({ lasted, peak, last, span, ...rest }) => (rest.open ? rest : { ...rest, lasted, peak })));
    if (key !== this.#key) this.#build(shown);
    this.#key = key;
    this.#told(shown.length, all.length, past);
    for (const { id, lasted, peak } of shown.filter(({ open }) => open)) {
      setText(this.#moving.get(id).lasted, lasted);
      setText(this.#moving.get(id).peak, peak);
    }
  }

  /** Says of which time the list is, and how much of it is shown. */
  #told(shown, known, past) {
    setText(slot("log-of"), past?.label ?? "");
    const none = slot("log-empty");
    none.hidden = known > 0;
    setText(none, noneWords(past !== null));
    const more = slot("log-more");
    const text = listedWords(shown, known, past?.leftOut);
    more.hidden = !text;
    setText(more, text);
  }

  #build(shown) {
    slot("log").hidden = shown.length === 0;
    this.#moving.clear();
    slot("log-rows").replaceChildren(...shown.map((cells) => this.#row(cells)));
  }

  #row(cells) {
    const cell = (content, attributes) => element("td", { role: "cell", ...attributes }, ...[content].flat().filter((part) => part !== null));
    const lasted = cell(cells.lasted, { class: "number", "data-label": "lasted" });
    const peak = cell(cells.peak, { class: "number", "data-label": cells.peakWord });
    this.#moving.set(cells.id, { lasted, peak });
    const fired = cells.span === null ? cells.fired : element("a", { href: rangeSearch(absolute(cells.span), location.search), "data-range": true, title: "Show on the charts" }, cells.fired);
    const test = cells.test ? element("span", { class: "mark-test" }, "load test") : null;
    const over = cells.open ? null : element("span", { class: "visually-hidden" }, `, ${cells.over}`);
    return element(
      "tr",
      { role: "row", class: cells.open ? "open" : "over", "data-alert": cells.id },
      cell([icon(cells.open ? cells.severity : "resolved"), ` ${cells.word}`, over], { class: "severity wide", "data-severity": cells.severity }),
      cell([element("a", { class: "rule", href: addressOf(this.#url, cells.id) }, cells.rule), test, element("span", { class: "what" }, cells.what)], { class: "wide" }),
      cell(fired, { "data-label": "fired" }),
      cell(cells.ended, { "data-label": "ended" }),
      lasted,
      peak,
    );
  }
}
