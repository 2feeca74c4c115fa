// The lines of words under the range: when the load was last above the cores, and which alerts are not drawn.

import { localInput } from "../page/range.js";
import { exceedWords } from "./exceed.js";
import { usualWords } from "./heat.js";
import { leftOutWords } from "./words.js";

const HOUR_MS = 3600000;

export class Remarks {
  #span = null;

  /** @param {object} options {picker, heat: the usual week, urls, host: its name} */
  constructor(options) {
    Object.assign(this, options);
  }

  /** Says what there is to say of a span; `answer` is what the server sent of it. */
  async show(span, answer, { cores, now }) {
    this.#span = span;
    this.picker.tellLeftOut(leftOutWords(answer.alerts_left_out), this.#allAlerts(span));
    const { text, last } = exceedWords(span, cores, now);
    this.picker.tellExceeding(text, last);
    if (!last || span.widthMs > HOUR_MS) return;
    const cells = await this.heat.cells().catch(() => null);
    if (cells && this.#span === span) this.picker.tellExceeding(`${text} ${usualWords(cells, last.start)}`.trim(), last);
  }

  hide() {
    this.#span = null;
    this.picker.tellExceeding("", null);
    this.picker.tellLeftOut("");
  }

  /** The address of the list with every alert of a span; it goes by whole days of the browser's zone. */
  #allAlerts({ start, end }) {
    const day = (at) => localInput(at).slice(0, 10);
    return `${this.urls.alerts}?${new URLSearchParams({ host: this.host, since: day(start), until: day(end) })}`;
  }
}
