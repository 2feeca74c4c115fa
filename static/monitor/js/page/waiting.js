// While the server is asked: the charts are dimmed after a while, stay dim where it failed, and words say so.

import { slot } from "../page/element.js";
import { rangeName } from "../page/range.js";
import { boundsWords, failureWords } from "./words.js";

const DIM_AFTER_MS = 300;

export class Waiting {
  #timer = 0;
  #what = "";
  #charts = slot("charts");

  /** @param {Picker} picker says what is going on */
  constructor(picker) {
    this.picker = picker;
  }

  /** A range is asked for, perhaps in the place of one that has not come yet. */
  begin(range, bounds, now) {
    this.#what = rangeName(range) ? `the last ${rangeName(range)}` : boundsWords(bounds, now);
    if (this.#charts.hasAttribute("aria-busy")) this.#tell();
    this.#timer ||= setTimeout(() => {
      this.#charts.dataset.loading = "yes";
      this.#charts.setAttribute("aria-busy", "true");
      this.#tell();
    }, DIM_AFTER_MS);
  }

  /** The answer is there, or nothing is waited for any more. */
  end() {
    this.#stop();
    delete this.#charts.dataset.loading;
  }

  /** There is none, and another try may help. */
  fail(failure) {
    this.#stop();
    this.#charts.dataset.loading = "failed";
    this.picker.tell(failureWords(failure), { retry: true, tone: "problem" });
  }

  #tell() {
    this.picker.tell(`Loading ${this.#what} ...`);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#charts.removeAttribute("aria-busy");
  }
}
