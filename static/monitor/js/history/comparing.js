// Fetches the same span a day or a week earlier, and lays it under the charts.

import { earlier, shiftOf } from "./compare.js";
import { Newest, ask } from "./fetching.js";
import { Ghost } from "./ghost.js";
import { Span } from "./span.js";

// The live window moves on: what is fetched reaches a little further, and is fetched again before that is used up.
const AHEAD_MS = 5 * 60000;
const RENEW_MS = 4 * 60000;

export class Comparison {
  #choice = "none";
  #newest = new Newest();
  #timer = 0;

  /** @param {Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
  }

  get on() {
    return this.#choice !== "none";
  }

  get choice() {
    return this.#choice;
  }

  /** What the address says; whoever shows its range asks for the earlier span too. */
  follow(choice) {
    this.#choice = choice;
  }

  choose(choice) {
    this.#choice = choice;
    if (this.on) this.renew();
    else this.#use(null);
  }

  live() {
    this.renew();
  }

  shown() {
    this.renew();
  }

  /** Fetches the earlier span of what is shown now. */
  async renew() {
    clearTimeout(this.#timer);
    if (!this.on) return;
    const { range, page, picker } = this.explorer;
    const live = range.kind === "live";
    const bounds = this.#bounds(live);
    const choice = this.#choice;
    const shift = shiftOf(choice, bounds.start);
    try {
      const answer = await this.#newest.ask((signal) => ask(page.urls.history, { ...this.explorer.parameters(earlier(bounds, shift)), percentiles: "no" }, signal));
      if (!answer || choice !== this.#choice || range !== this.explorer.range) return;
      this.#use(new Ghost(new Span(answer), shift, choice));
      if (live) this.#timer = setTimeout(() => this.renew(), RENEW_MS);
    } catch {
      this.#use(null);
      picker.tell("The earlier span could not be fetched.", { retry: !live, tone: "problem" });
    }
  }

  #bounds(live) {
    const { bounds, span } = this.explorer;
    if (live) return { start: bounds.start, end: bounds.end + AHEAD_MS };
    return span ? { start: span.start, end: span.end } : bounds;
  }

  #use(ghost) {
    this.#newest.drop();
    const { dashboard, range } = this.explorer;
    dashboard.ghost = range.kind === "live" ? ghost : null;
    if (range.kind === "live") dashboard.repaint();
    else if (dashboard.charts.view?.source) dashboard.charts.draw({ ...dashboard.charts.view, ghost });
  }
}
