// The part of the load-test form that makes a drill of it: what must be proven, and who must be told.

import { element, setText, slot } from "../page/element.js";
import { offerNote, secondsNote } from "./drill.js";

export class DrillForm {
  #form;
  #offers;
  #left = new Set();

  /** @param {object} offers what the first paint says of each kind of test */
  constructor(form, offers) {
    this.#form = form;
    this.#offers = offers;
    for (const name of ["kind", "prove"]) form.elements[name].addEventListener("change", () => this.#renew());
    form.elements.seconds.addEventListener("input", () => this.#note());
    this.#renew();
  }

  /** Whether a drill would be too short for its alert; the sentence stands beside the field then. */
  get wrong() {
    return this.#seconds.wrong;
  }

  /** That a plain test may end before any alert, for the question before the start; "" where it does not, or is a drill. */
  get warning() {
    const { text, short, wrong } = this.#seconds;
    return short && !wrong ? text : "";
  }

  /** What to send besides the numbers. */
  get wish() {
    const kind = this.#form.elements.kind.value;
    return this.#form.elements.prove.checked ? { kind, expects_alert: true, receivers: this.#ticked() } : { kind };
  }

  /** The name of the rule that must fire; null where nothing is to be proven. */
  get rule() {
    return this.#form.elements.prove.checked ? this.#offer.rule : null;
  }

  get #offer() {
    return this.#offers[this.#form.elements.kind.value];
  }

  get #seconds() {
    const { seconds, prove } = this.#form.elements;
    return secondsNote(this.#offer, seconds.value.trim() ? Number(seconds.value) : NaN, prove.checked);
  }

  #note() {
    const { text, wrong } = this.#seconds;
    const place = slot("load-seconds-note");
    place.hidden = text === "";
    place.className = wrong ? "wide field-error" : "wide muted";
    setText(place, text);
    this.#form.elements.seconds.setAttribute("aria-invalid", String(wrong));
  }

  #ticked() {
    return this.#offer.receivers.filter((name) => !this.#left.has(name));
  }

  #renew() {
    const { seconds, kind, prove } = this.#form.elements;
    const offer = this.#offer;
    setText(slot("load-workers-label"), kind.value === "io" ? "Writers" : "Cores to load");
    slot("drill-choice").hidden = !prove.checked;
    if (prove.checked && Number(seconds.value) < offer.seconds) seconds.value = offer.seconds;
    this.#note();
    if (!prove.checked) return;
    setText(slot("drill-note"), offerNote(offer));
    slot("drill-receivers").replaceChildren(...offer.receivers.map((name) => this.#choice(name)));
  }

  #choice(name) {
    const box = element("input", { type: "checkbox", autocomplete: "off" });
    box.checked = !this.#left.has(name);
    box.addEventListener("change", () => this.#left[box.checked ? "delete" : "add"](name));
    return element("label", { class: "check" }, box, " ", element("span", {}, name));
  }
}
