// Who was busy then: what each consumer used at the cursor, else now or on the mean of the span.

import { setText, slot } from "../page/element.js";
import { isRest } from "./consumers.js";
import { KINDS } from "./kinds.js";
import { busyWords, whenWords } from "./words.js";

// One who was busy for a moment is among the others of a long span: the server tells who it was, once the cursor rests.
const REST_MS = 250;
const NOTABLE = 0.2;
const MOST_KEPT = 200;
const HINT = "Point at a chart, or use the arrow keys on one, to see who it was then.";

function mean(series) {
  const known = series.filter((value) => value !== null);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

export class Moment {
  #shown = null;
  #asked = new Map();
  #timer = 0;

  /** @param {object} options {table, ask: asks the server for a short span} */
  constructor(options) {
    Object.assign(this, options);
  }

  /** What is shown from now on: {answer, layers, live}. */
  take(shown) {
    this.#shown = shown;
    this.#asked.clear();
    clearTimeout(this.#timer);
  }

  /** Shows the moment `at`, null for none; answers who was busy then, in words, "" where there is nothing to say. */
  show(at, now) {
    clearTimeout(this.#timer);
    if (!this.#shown || this.#shown.layers.empty) {
      this.#say("");
      return "";
    }
    const { answer, layers } = this.#shown;
    const bucket = at === null ? null : layers.at(at);
    if (at === null) this.#rest(now);
    else this.table.point(answer.consumers, whenWords(bucket ? layers.starts[bucket.index] : at, layers, now), layers.unit, ({ series }) => (bucket ? series[bucket.index] ?? null : null));
    if (at === null) return "";
    const text = bucket ? this.#told(bucket, now) : `${whenWords(at, layers, now)}: nothing is known of this moment.`;
    this.#say(text);
    return text;
  }

  /** No cursor: the newest values of the live window, the means of another span. */
  #rest(now) {
    const { answer, layers, live } = this.#shown;
    const last = layers.samples.at(-1);
    const [head, value] = live ? [whenWords(layers.starts[last.index], layers, now), ({ series }) => series[last.index] ?? null] : ["Mean", ({ series }) => mean(series)];
    this.table.point(answer.consumers, head, layers.unit, value);
    const found = answer.consumers.map((one) => ({ ...one, series: [value(one)] }));
    this.#say(HINT, `${head}: ${busyWords(found, 0, layers.unit)}.`);
  }

  #told(bucket, now) {
    const { answer, layers } = this.#shown;
    const when = whenWords(layers.starts[bucket.index], layers, now);
    const finer = this.#asked.get(bucket.index);
    if (finer) return `${when}: ${finer}.`;
    const words = `${when}: ${busyWords(answer.consumers, bucket.index, layers.unit)}.`;
    if (!answer.consumers.some(isRest)) return words;
    const others = answer.consumers.find(({ kind }) => kind === "others")?.series[bucket.index] ?? 0;
    if (others > NOTABLE * (layers.known[bucket.index] ?? 0)) this.#timer = setTimeout(() => this.#askFor(bucket, when), REST_MS);
    return words;
  }

  /** Asks who the others of one bucket were. */
  async #askFor(bucket, when) {
    const shown = this.#shown;
    const { layers } = shown;
    const start = layers.starts[bucket.index];
    const answer = await this.ask({ start, end: start + layers.widthMs, by: layers.by }).catch(() => null);
    if (!answer || this.#shown !== shown) return; // what the series tell stays: it is right, only less
    const found = answer.consumers.map((one) => ({ ...one, series: [mean(one.series)] }));
    const words = busyWords(found, 0, layers.unit);
    if (this.#asked.size >= MOST_KEPT) this.#asked.clear();
    this.#asked.set(bucket.index, words);
    if (slot("usage-then").textContent.startsWith(`${when}: `)) this.#say(`${when}: ${words}.`);
  }

  /** Says it in the panel, and below the chart of the CPU, which may be far from the panel; `who` is what is said there. */
  #say(text, who = text) {
    const by = this.#shown?.layers.by ?? "cpu";
    for (const [name, words] of [["usage-then", text], ["who", who && by !== "cpu" ? `${KINDS[by].word}, ${who}` : who]]) {
      setText(slot(name), words);
      slot(name).title = words;
    }
  }
}
