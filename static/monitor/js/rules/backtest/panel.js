// The back-test panel: asks the API when the numbers change, and shows what it answers, or why there is no answer.

import { element, setText, slot } from "../../page/element.js";
import { Figure } from "./figure.js";
import { completeness, judgedUnit, listTitle, preview, query, rows, suggestion } from "./words.js";

const PAUSE_MS = 350;
const NO_METRIC = "Choose a metric and type both thresholds to see what these numbers would have done.";

export class Panel {
  #root;
  #data;
  #read;
  #use;
  #figure;
  #controller = null;
  #timer = null;
  #last = null;

  /**
   * @param {Element} root the panel
   * @param {object} data what the server embedded
   * @param {() => object} read the numbers as they stand now
   * @param {((answer: object) => void) | null} use fills the suggestion in; null where nothing can be edited
   */
  constructor(root, data, read, use) {
    this.#root = root;
    this.#data = data;
    this.#read = read;
    this.#use = use;
    this.#figure = new Figure(root);
  }

  start() {
    for (const name of ["backtest-host", "backtest-days"]) this.#slot(name).addEventListener("change", () => this.ask());
    this.#slot("backtest-retry").addEventListener("click", () => this.ask());
    this.#slot("backtest-use").addEventListener("click", () => this.#fill());
    this.#slot("backtest-controls").hidden = this.#data.host === null;
    if (this.#data.host === null) this.#root.dataset.state = "idle";
    else if (this.#data.answer && this.#sameNumbers()) this.#answered(this.#data.answer, this.#begin());
    else this.ask();
  }

  /** The numbers are being typed: ask when the hand rests. */
  later() {
    if (this.#data.host === null) return;
    clearTimeout(this.#timer);
    this.#controller?.abort();
    this.#root.dataset.state = "waiting";
    this.#timer = setTimeout(() => this.ask(), PAUSE_MS);
  }

  repaint() {
    this.#figure.repaint();
  }

  async ask() {
    clearTimeout(this.#timer);
    const asked = query(this.#data.fields, this.#read(), this.#slot("backtest-host").value, this.#slot("backtest-days").value);
    const signal = this.#begin();
    const untried = completeness(this.#read()) === "none" ? NO_METRIC : this.#data.untried[this.#read().metric];
    if (untried) {
      this.#blank(untried);
      return;
    }
    try {
      const response = await fetch(`${this.#data.urls.backtest}?${asked}`, { signal, headers: { Accept: "application/json" } });
      const body = await response.json();
      if (response.ok) await this.#answered(body, signal);
      else if (response.status === 400) this.#refused(body.error);
      else this.#failed(response.status === 401 ? "Your session has ended. Log in again, in another tab if you have typed much." : body.error);
    } catch (error) {
      if (error.name !== "AbortError") this.#failed("The server did not answer. The numbers you typed are still here.");
    }
  }

  /** Whether the form still holds the stored numbers that the server has tried already; a browser may restore typed ones. */
  #sameNumbers() {
    const { fields, host, days, rule } = this.#data;
    const chosen = [this.#slot("backtest-host").value, this.#slot("backtest-days").value];
    return query(fields, this.#read(), ...chosen) === query(fields, rule, host, days) && completeness(this.#read()) === "all";
  }

  /** A suggestion is of use only to what is judged, and to the host that it was made for. */
  #subject() {
    const { metric, window_seconds: seconds, per_core: perCore, comparison, statistic, level } = this.#read();
    return [metric, Number(seconds), Boolean(perCore), comparison, statistic, level, this.#slot("backtest-host").value].join();
  }

  #fill() {
    if (this.#last?.subject === this.#subject()) this.#use(this.#last.answer);
  }

  #begin() {
    this.#controller?.abort();
    this.#controller = new AbortController();
    this.#root.dataset.state = "busy";
    this.#root.setAttribute("aria-busy", "true");
    return this.#controller.signal;
  }

  #settle(state) {
    this.#root.dataset.state = state;
    this.#root.removeAttribute("aria-busy");
    this.#slot("backtest-problem").hidden = state !== "error";
    if (state !== "error") setText(this.#slot("backtest-problem-text"), "");
  }

  async #answered(found, signal) {
    const numbers = this.#read();
    const answer = completeness(numbers) === "all" ? found : preview(found);
    const metric = this.#data.metrics[answer.metric];
    const unit = judgedUnit(answer, metric.unit);
    this.#last = { answer, subject: this.#subject() };
    setText(this.#slot("backtest-rule"), answer.rule_sentence);
    setText(this.#slot("backtest-sentence"), answer.sentence);
    this.#slot("backtest-notes").replaceChildren(...answer.notes.map((note) => element("li", {}, note)));
    setText(this.#slot("backtest-suggestion-text"), suggestion(answer, unit, Boolean(numbers.per_core) && answer.statistic !== "share"));
    this.#slot("backtest-suggestion").hidden = false;
    this.#slot("backtest-use").hidden = this.#use === null || answer.suggested_threshold === null;
    this.#list(answer, unit);
    try {
      const severity = numbers.severity || "warning";
      await this.#figure.show(answer, { url: this.#data.urls.history, metric, severity, signal });
      this.#settle("ready");
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#figure.hide();
      this.#problem("The chart could not be loaded.");
    }
  }

  #list(answer, unit) {
    const cells = ([first, ...rest]) => element("tr", {}, element("th", { scope: "row" }, first), ...rest.map((text) => element("td", {}, text)));
    this.#slot("backtest-list").hidden = answer.count === 0;
    setText(this.#slot("backtest-list-title"), listTitle(answer));
    this.#slot("backtest-rows").replaceChildren(...rows(answer, unit).map(cells));
  }

  /** The numbers cannot work: the chart stays where it is, dimmed, until they can. */
  #refused(sentence) {
    this.#forget("");
    this.#problem(sentence);
    this.#root.dataset.state = "refused";
    this.#slot("backtest-retry").hidden = true;
  }

  #failed(sentence) {
    this.#blank("");
    this.#problem(sentence);
  }

  #problem(sentence) {
    this.#settle("error");
    setText(this.#slot("backtest-problem-text"), sentence);
    this.#slot("backtest-retry").hidden = false;
  }

  /** Nothing old may stand beside new numbers. */
  #blank(sentence) {
    this.#forget(sentence);
    this.#figure.hide();
    this.#settle("idle");
  }

  #forget(sentence) {
    this.#last = null;
    setText(this.#slot("backtest-rule"), "");
    setText(this.#slot("backtest-sentence"), sentence);
    this.#slot("backtest-notes").replaceChildren();
    for (const name of ["backtest-suggestion", "backtest-list"]) this.#slot(name).hidden = true;
  }

  #slot(name) {
    return slot(name, this.#root);
  }
}
