// The load-test card: ask, confirm, watch, cancel.

import { element, icon, slot, setText } from "../page/element.js";
import { send } from "../page/sending.js";
import { DrillForm } from "./drillform.js";
import { parse, question, view } from "./loadtest.js";

export class LoadCard {
  #host;
  #urls;
  #limits;
  #onChange;
  #asked = null;
  #busy = false;
  #drill = null;
  #reported = "";

  constructor({ host, urls, limits, drill, onChange }) {
    this.#host = host;
    this.#urls = urls;
    this.#limits = limits;
    this.#onChange = onChange;
    this.#wire(drill);
  }

  #wire(offers) {
    const form = slot("load-test-form");
    if (form) {
      this.#drill = new DrillForm(form, offers);
      form.noValidate = true;
      form.addEventListener("submit", (event) => this.#ask(event, form));
      slot("load-test-yes").addEventListener("click", () => this.#start());
      slot("load-test-no").addEventListener("click", () => this.#back());
    }
    slot("load-test-cancel")?.addEventListener("click", () => this.#cancel());
  }

  /** Shows a load test as it is now. */
  show(test, now) {
    const { mode, text, share, outcome } = view(test, now);
    const form = slot("load-test-form");
    if (form) form.hidden = mode === "busy" || this.#asked !== null;
    if (mode === "busy") this.#asked = null;
    if (form) slot("load-test-confirm").hidden = this.#asked === null;
    slot("load-test-progress").hidden = mode !== "busy";
    slot("load-test-report").hidden = mode !== "over";
    if (mode === "over") this.#report(text, outcome);
    if (mode !== "busy") return;
    setText(slot("load-test-label"), text);
    slot("load-test-bar").value = share;
  }

  /** The report as it was stored: a sentence of a plain test, the lines of a drill. */
  #report(text, outcome) {
    const key = JSON.stringify([text, outcome]);
    if (key === this.#reported) return;
    this.#reported = key;
    const root = slot("load-test-report");
    if (!outcome) return setText(root, text);
    const head = element("p", { class: "outcome", "data-outcome": outcome.outcome }, icon(outcome.icon), " ", element("strong", {}, outcome.word), ` ${text}`);
    root.replaceChildren(head, element("ul", {}, ...outcome.lines.map((line) => element("li", {}, line))));
  }

  #ask(event, form) {
    event.preventDefault();
    const numbers = parse(form.elements.seconds.value, form.elements.workers.value, this.#limits);
    this.#say(numbers.error ?? "");
    if (numbers.error) return;
    if (this.#drill.wrong) return form.elements.seconds.focus();
    const asked = { host: this.#host.name, ...numbers, ...this.#drill.wish };
    this.#asked = asked;
    setText(slot("load-test-question"), [question(asked, this.#host.cores, this.#host.name, this.#drill.rule), this.#drill.warning].filter(Boolean).join(" "));
    form.hidden = true;
    slot("load-test-confirm").hidden = false;
    slot("load-test-yes").focus();
  }

  #back() {
    this.#asked = null;
    slot("load-test-confirm").hidden = true;
    slot("load-test-form").hidden = false;
    slot("load-test-start").focus();
  }

  async #start() {
    const asked = this.#asked;
    if (!asked || this.#busy) return;
    const made = await this.#send("POST", this.#urls.loadtests, asked);
    this.#back();
    if (!made) return;
    this.#onChange(made);
    slot("load-test-cancel")?.focus();
  }

  async #cancel() {
    const ended = await this.#send("DELETE", `${this.#urls.loadtest_current}?${new URLSearchParams({ host: this.#host.name })}`);
    if (!ended) return;
    this.#onChange(ended);
    slot("load-test-start")?.focus();
  }

  /** The answer, or null where there is none: why stands on the card then. */
  async #send(method, url, body) {
    this.#busy = true;
    this.#say("");
    const { answer, error } = await send(method, url, body);
    this.#busy = false;
    this.#say(error);
    return answer;
  }

  #say(text) {
    const error = slot("load-test-error");
    error.hidden = !text;
    setText(error, text);
  }
}
