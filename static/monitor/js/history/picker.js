// The bar above the charts: which range, zoom and pan by button, compare, and what is shown in words.

import { setText, slot } from "../page/element.js";
import { LEAST_SPAN, absolute, fromLocalInput, fromToProblem, localInput, relative, LIVE } from "../page/range.js";

export class Picker {
  #bar = slot("ranges");
  #form = slot("from-to");
  #dirty = false;
  #last = null;
  #value = "live";

  /** @param {object} on {range, zoom, pan, compare, retry, look}: what to do */
  constructor(on) {
    this.on = on;
    this.#bar.addEventListener("change", ({ target }) => this.#chosen(target.value));
    this.#bar.addEventListener("click", ({ target }) => target.value === "from-to" && this.#value === "from-to" && this.#openForm(this.#form.hidden));
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#form.addEventListener("input", () => {
      this.#dirty = true;
    });
    slot("resume-live").addEventListener("click", () => on.range(LIVE));
    slot("compare").addEventListener("change", ({ target }) => on.compare(target.value));
    slot("span-retry").addEventListener("click", () => on.retry());
    slot("exceed-show").addEventListener("click", () => on.look(this.#last));
    for (const [name, act] of [
      ["zoom-in", () => on.zoom(0.5)],
      ["zoom-out", () => on.zoom(2)],
      ["pan-earlier", () => on.pan(-0.5)],
      ["pan-later", () => on.pan(0.5)],
    ]) {
      slot(name).addEventListener("click", act);
    }
  }

  /** What was chosen before anybody listened. */
  early() {
    return { range: this.#bar.querySelector("input:checked")?.value ?? "live", compare: slot("compare").value };
  }

  /** Does what was chosen before anybody listened. */
  catchUp({ range, compare }) {
    if (range !== "live") {
      this.#mark(range);
      this.#chosen(range);
    }
    if (compare !== "none") this.on.compare(compare);
  }

  #mark(value) {
    for (const input of this.#bar.querySelectorAll('input[type="radio"]')) input.checked = input.value === value;
  }

  #chosen(value) {
    this.#value = value;
    this.#openForm(value === "from-to");
    if (value === "live") this.on.range(LIVE);
    else if (value !== "from-to") this.on.range(relative(value));
  }

  /** The two times show only to who asks for them: a zoom must not push the charts down. */
  #openForm(open) {
    this.#form.hidden = !open;
    if (open) this.#form.elements.start.focus();
  }

  #submit(event) {
    event.preventDefault();
    const [start, end] = [this.#form.elements.start, this.#form.elements.end].map(({ value }) => fromLocalInput(value));
    const problem = fromToProblem(start, end);
    this.#say(problem);
    if (problem) return;
    this.#dirty = false;
    this.on.range(absolute({ start, end }));
  }

  /** On a narrow screen the strip scrolls: the chosen range must be seen. */
  #reveal() {
    const label = this.#bar.querySelector("input:checked")?.parentElement;
    if (label) this.#bar.scrollLeft = label.offsetLeft - (this.#bar.clientWidth - label.offsetWidth) / 2;
  }

  #say(problem) {
    setText(slot("from-to-problem"), problem);
    slot("from-to-problem").hidden = !problem;
  }

  /** Ticks the radio of a range, and fills the two times with its bounds. */
  show(range, bounds, now) {
    const value = range.kind === "relative" ? range.key : { live: "live", absolute: "from-to" }[range.kind];
    this.#mark(value);
    this.#reveal();
    this.#value = value;
    if (value !== "from-to") this.#form.hidden = true;
    slot("resume-live").hidden = range.kind === "live";
    this.#dirty = false;
    this.fill(bounds, now);
  }

  /** What is compared with, as the address says. */
  showChoice(choice) {
    slot("compare").value = choice;
  }

  /** Fills the two times with what is shown, unless somebody is typing there. */
  fill(bounds, now) {
    if (this.#dirty) return;
    this.#say("");
    const { start, end } = this.#form.elements;
    for (const input of [start, end]) input.max = localInput(now + LEAST_SPAN);
    [start.value, end.value] = [localInput(bounds.start), localInput(bounds.end)];
  }

  /** The line on overload, with a button that looks at the last time. */
  tellExceeding(text, last) {
    this.#last = last;
    slot("exceed").hidden = !text;
    setText(slot("exceed-text"), text);
    slot("exceed-show").hidden = !last;
  }

  /** The line on alerts that are not drawn, with a link to the list of all. */
  tellLeftOut(text, address = "") {
    slot("left-out").hidden = !text;
    setText(slot("left-out-text"), text);
    if (text) slot("left-out-link").href = address;
  }

  /** Whether one may go on closer or later. */
  limit({ start, end }, now) {
    slot("zoom-in").disabled = end - start <= LEAST_SPAN;
    slot("pan-later").disabled = end >= now - 1000;
  }

  /** The line of words; a failure comes with a button to try again. */
  tell(text, { retry = false, tone = "" } = {}) {
    const line = slot("span-line");
    line.dataset.tone = tone;
    setText(slot("span-text"), text);
    slot("span-retry").hidden = !retry;
  }
}
