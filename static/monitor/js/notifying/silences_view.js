// Shows what keeps people from being told: a notice, the dialog that makes silences, maintenance in one click.

import { addressOf } from "../page/addresses.js";
import { element, setText, slot } from "../page/element.js";
import { dayTime } from "../page/format.js";
import { fromLocalInput, localInput } from "../page/range.js";
import { send } from "../page/sending.js";
import { endOf, offers, quietLines, request, subject } from "./silences.js";

const MAINTENANCE_MINUTES = 60;

export class SilencesView {
  #urls;
  #may;
  #now;
  #facts = null;
  #shown = "";
  #listed = "";
  #announce;
  #host;
  #longest;

  /** @param {object} options {urls, host: its name, may: whether this person may silence, longest: how long a silence may be in ms, now: () => ms, announce: (text) => void} */
  constructor({ urls, host, may, longest, now, announce }) {
    this.#urls = urls;
    this.#host = host;
    this.#longest = longest;
    this.#may = may;
    this.#now = now;
    this.#announce = announce;
  }

  start() {
    const dialog = slot("silence-dialog");
    if (!dialog) return;
    const form = slot("silence-form");
    form.noValidate = true;
    slot("silence-open").addEventListener("click", () => this.#open(dialog, form));
    slot("silence-close").addEventListener("click", () => dialog.close());
    form.addEventListener("change", () => this.#showCustom(form));
    form.addEventListener("submit", (event) => this.#make(event, dialog, form));
    slot("maintenance-start").addEventListener("click", () => this.#maintain());
  }

  /** Shows the facts of a status frame. */
  show(facts, rules) {
    this.#facts = facts;
    const lines = quietLines(facts, this.#now());
    const key = JSON.stringify(lines);
    if (key !== this.#shown) this.#build(lines);
    this.#shown = key;
    const maintained = facts.silences.standing.some((one) => one.maintenance);
    if (slot("maintenance-start")) slot("maintenance-start").hidden = maintained;
    this.#list();
    this.#offer(rules);
  }

  #build(lines) {
    const root = slot("quiet");
    root.hidden = lines.length === 0;
    root.replaceChildren(...lines.map(({ key, text, end, word }) => element("p", { "data-quiet": key.split(" ")[0] }, `${text} `, this.#may && end !== null ? this.#ender(end, word ?? "End it now") : null)));
  }

  #ender(id, word, what = "") {
    const button = element("button", { type: "button", class: "link" }, word, what ? element("span", { class: "visually-hidden" }, ` ${what}`) : null);
    button.addEventListener("click", () => this.#end(id, button));
    return button;
  }

  async #end(id, button) {
    button.disabled = true;
    const { error } = await send("DELETE", addressOf(this.#urls.silence, id));
    button.disabled = false;
    if (error) this.#say(error);
    else this.#announce("The silence has ended.");
  }

  async #maintain() {
    const { error } = await send("POST", this.#urls.silences, { maintenance: true, minutes: MAINTENANCE_MINUTES });
    if (error) this.#say(error);
    else this.#announce("Maintenance has begun: messages are held back for an hour.");
  }

  #say(text) {
    const place = slot("quiet-error");
    place.hidden = !text;
    setText(place, text);
  }

  #open(dialog, form) {
    this.#problem("");
    form.elements.until.value = localInput(this.#now() + 7200000);
    this.#showCustom(form);
    this.#list();
    dialog.showModal();
  }

  #showCustom(form) {
    slot("silence-custom").hidden = form.elements.lasting.value !== "custom";
  }

  /** The silences that stand, each with a way to end it; in the dialog. */
  #list() {
    const root = slot("silence-list");
    if (!root || !this.#facts) return;
    const { standing } = this.#facts.silences;
    const key = JSON.stringify(standing);
    if (key === this.#listed) return;
    this.#listed = key;
    root.hidden = standing.length === 0;
    root.replaceChildren(...standing.map((one) => this.#entry(one)));
  }

  #entry(one) {
    const what = one.maintenance ? "Maintenance" : `${subject(one)}${one.weekly ? ", weekly" : ""}`;
    const text = `${what}, ${one.until_at === null ? "without an end" : `until ${dayTime(one.until_at, this.#now())}`} `;
    return element("li", {}, text, this.#ender(one.id, one.weekly ? "End for this time" : "End", what));
  }

  /** What to choose from; built anew only when the rules have changed. */
  #offer(rules) {
    const select = slot("silence-rule");
    const all = offers(this.#host, rules.map(({ name }) => name));
    if (!select || select.dataset.offers === JSON.stringify(all)) return;
    const chosen = select.value;
    select.dataset.offers = JSON.stringify(all);
    select.replaceChildren(...all.map(({ value, text }) => element("option", { value }, text)));
    select.value = all.some(({ value }) => value === chosen) ? chosen : all[0].value;
  }

  #problem(text) {
    const place = slot("silence-problem");
    place.hidden = !text;
    setText(place, text);
  }

  async #make(event, dialog, form) {
    event.preventDefault();
    const { rule, lasting, until, note } = form.elements;
    const end = endOf(lasting.value, fromLocalInput(until.value), this.#now(), this.#longest);
    this.#problem(end.error ?? "");
    if (end.error) return;
    const button = slot("silence-make");
    button.disabled = true;
    const { error } = await send("POST", this.#urls.silences, request({ what: rule.value, note: note.value, until: end.until }));
    button.disabled = false;
    this.#problem(error);
    if (error) return;
    note.value = "";
    dialog.close();
    this.#announce("The silence has begun.");
  }
}
