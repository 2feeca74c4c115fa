// The lines of words under the range: when the machine was overloaded, and which alerts are not drawn.

import { slot } from "../page/element.js";
import { localInput } from "../page/range.js";
import { Newest, ask } from "./fetching.js";
import { usualWords } from "./heat.js";
import { overloadFailure, overloadWords } from "./overload.js";
import { leftOutWords } from "./words.js";

const HOUR_MS = 3600000;

export class Remarks {
  #span = null;
  #newest = new Newest();

  /** @param {object} options {picker, heat: the usual week, urls, overloads: the address that tells of them, host: its name} */
  constructor(options) {
    Object.assign(this, options);
  }

  /** Says what there is to say of a span; `answer` is what the server sent of it, `bounds` what was asked for. */
  async show(span, answer, { bounds, now }) {
    this.#span = span;
    const all = this.#allAlerts(span);
    this.picker.tellLeftOut(leftOutWords(answer.alerts_left_out), all);
    slot("log-all").href = all;
    try {
      const found = await this.#newest.ask((signal) => ask(this.overloads, this.#parameters(bounds), signal));
      if (found && this.#span === span) await this.#tell(span, overloadWords(found, now));
    } catch (failure) {
      if (this.#span === span) this.picker.tellExceeding(overloadFailure(failure), null);
    }
  }

  /** The sentence on overload, with what is usual at the hour of the last. */
  async #tell(span, { text, last }) {
    this.picker.tellExceeding(text, last);
    if (!last || span.widthMs > HOUR_MS) return;
    const cells = await this.heat.cells(last.start).catch(() => null);
    if (cells && this.#span === span) this.picker.tellExceeding(`${text} ${usualWords(cells, last.start)}`.trim(), last);
  }

  #parameters({ start, end }) {
    const stamp = (at) => new Date(at).toISOString();
    return { host: this.host, start: stamp(start), end: stamp(end) };
  }

  hide() {
    slot("log-all").href = this.urls.alerts;
    this.#span = null;
    this.#newest.drop();
    this.picker.tellExceeding("", null);
    this.picker.tellLeftOut("");
  }

  /** The address of the list with every alert of a span; it goes by whole days of the browser's zone. */
  #allAlerts({ start, end }) {
    const day = (at) => localInput(at).slice(0, 10);
    return `${this.urls.alerts}?${new URLSearchParams({ host: this.host, since: day(start), until: day(end) })}`;
  }
}
