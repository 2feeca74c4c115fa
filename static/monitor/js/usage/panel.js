// The panel By what: follows the range, the cursor and the address, and asks the server who used the machine.

import { Newest, ask } from "../history/fetching.js";
import { failureWords } from "../history/words.js";
import { setText, slot } from "../page/element.js";
import { rfc3339 } from "../page/range.js";
import { recall, remember } from "../page/storage.js";
import { Waiting } from "../page/waiting.js";
import { UsageChart } from "./chart.js";
import { consumerQuery, isRest, namedConsumer, withConsumer } from "./consumers.js";
import { byGrowth, folded } from "./growth.js";
import { asksForGrowth, firstKind, kindOf, withKind } from "./kinds.js";
import { Colours, Layers, MOST } from "./layers.js";
import { Moment } from "./moment.js";
import { OneConsumer } from "./one.js";
import { UsageTable } from "./table.js";
import { describe, lineWords } from "./words.js";

const ALL = 50;
const [FEWEST_POINTS, MOST_POINTS, PIXELS_A_POINT] = [60, 800, 1.5];
// Rows come with each look at the processes, at the quarter minutes; a minute is whole a little after it is over.
const [MINUTE_MS, AFTER_MS, FIRST_MS] = [60000, 4000, 15000];
const MOVE_MS = 5000;

export class UsagePanel {
  #root = slot("culprits");
  #newest = new Newest();
  #colours = new Colours();
  #by = firstKind(location.search, recall("by", null));
  #top = MOST;
  #bounds = null;
  #layers = null;
  #timer = 0;
  #waiting = new Waiting(slot("culprits"));

  /** @param {Explorer} explorer whose span it follows */
  constructor(explorer) {
    this.explorer = explorer;
    this.dashboard = explorer.dashboard;
    const { urls } = explorer.page;
    this.path = urls.usage;
    this.chart = new UsageChart(explorer);
    this.table = new UsageTable();
    this.one = new OneConsumer(urls.alert);
    this.moment = new Moment({ table: this.table, ask: (span) => ask(this.path, this.#parameters({ ...span, points: FEWEST_POINTS, top: MOST })) });
  }

  start() {
    const { charts } = this.dashboard;
    charts.guests.join({ move: (at) => this.#move(at), select: (span) => this.chart.select(span), repaint: () => (this.chart.repaint(), this.chart.draw()) });
    this.explorer.follow({ live: () => this.#follow(null), asked: (bounds) => this.#follow(bounds) });
    slot("usage-by").addEventListener("change", ({ target }) => this.#choose(target.value));
    slot("usage-table").addEventListener("click", ({ target }) => this.#order(target.closest("button[data-by]")));
    slot("usage-retry").addEventListener("click", () => this.#load());
    slot("usage-more").addEventListener("click", () => this.#more());
    this.#root.addEventListener("click", (event) => this.#followLink(event));
    document.addEventListener("visibilitychange", () => !document.hidden && this.#timer === null && this.#load());
    setInterval(() => this.#moveOn(), MOVE_MS);
    const early = slot("usage-by").querySelector("input:not([value=cpu]):checked")?.value;
    if (early) remember("by", early); // chosen before anybody listened
    this.#tell(early ?? this.#by, asksForGrowth(location.search));
  }

  get #live() {
    return this.#bounds === null;
  }

  get #now() {
    return this.dashboard.model.clock.now();
  }

  /** Another span is shown, or the same once more; null is the live window. What else is asked for stands in the address. */
  #follow(bounds) {
    this.#bounds = bounds;
    this.#by = kindOf(location.search);
    this.#mark();
    this.#load();
  }

  #mark() {
    for (const input of slot("usage-by").querySelectorAll("input")) input.checked = input.value === this.#by;
    this.table.order(this.#by, asksForGrowth(location.search));
  }

  #choose(by, growth = false) {
    this.#by = by;
    remember("by", by);
    this.#tell(by, growth);
    this.#mark();
    this.#load();
  }

  /** The head of a column was pressed: those first who have most of that. */
  #order(button) {
    if (!button) return;
    this.#choose(button.dataset.by, "growth" in button.dataset);
    button.closest("th").scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Lets the address say what is shown, so that a link shows the same. */
  #tell(by, growth) {
    history.replaceState(history.state, "", location.pathname + withKind(location.search, by, growth) + location.hash);
  }

  #more() {
    this.#top = this.#top === MOST ? ALL : MOST;
    this.#load();
  }

  /** A link to a consumer, or back to all, is followed without leaving the page. */
  #followLink(event) {
    const link = event.target.closest?.("a[data-consumer]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.pushState({}, "", link.href);
    this.#load();
    this.#root.scrollIntoView({ block: "start" });
    slot(link.dataset.consumer ? "usage-back" : "usage-title").focus({ preventScroll: true });
  }

  #addressOf(consumer) {
    return location.pathname + withConsumer(location.search, consumer) + location.hash;
  }

  async #load() {
    clearTimeout(this.#timer);
    const wanted = namedConsumer(location.search);
    const bounds = this.#bounds ?? this.dashboard.model.window(true);
    const growth = !wanted && asksForGrowth(location.search);
    const top = growth ? ALL : this.#top;
    this.#begin(wanted);
    try {
      const answer = await this.#newest.ask((signal) => ask(this.path, this.#parameters({ ...bounds, by: this.#by, top }, wanted), signal));
      if (!answer) return;
      this.#waiting.end();
      this.#take(growth ? { ...answer, consumers: folded(byGrowth(answer.consumers), this.#top) } : answer, wanted, bounds);
    } catch (failure) {
      this.#fail(failure);
    }
    this.#again();
  }

  #parameters({ start, end, by, points = this.#points, top = this.#top }, wanted = null) {
    const stamp = (at) => rfc3339(Math.round(at));
    return { host: this.dashboard.model.host.name, start: stamp(start), end: stamp(end), by, top, points, ...consumerQuery(wanted) };
  }

  get #points() {
    return Math.round(Math.min(MOST_POINTS, Math.max(FEWEST_POINTS, this.chart.box.clientWidth / PIXELS_A_POINT)));
  }

  #begin(wanted) {
    this.one.name(wanted);
    if (wanted) this.table.hide(true);
    slot("usage-back").href = this.#addressOf(null);
    this.#root.classList.toggle("alone", wanted !== null);
    this.#waiting.begin(() => this.#layers || this.#say("Loading ..."));
  }

  #fail(failure) {
    this.#waiting.fail();
    if (!this.#layers) this.table.hide(true);
    this.#say(failureWords(failure), true);
    if (!(failure.status >= 0)) throw failure;
  }

  #take(answer, wanted, bounds) {
    const alone = wanted !== null;
    const layers = new Layers(answer, alone);
    const now = this.#now;
    const shown = { answer: alone ? { ...answer, consumers: answer.consumers.filter((one) => !isRest(one)) } : answer, layers, colours: this.#colours.of(layers.named), live: this.#live };
    const line = lineWords(answer, layers, now, { alone, live: this.#live });
    const isLink = alone && !this.#layers && scrollY === 0;
    this.#layers = layers;
    this.#say(line);
    this.#draw(shown, alone, bounds);
    this.chart.canvas.setAttribute("aria-label", describe(line, shown.answer));
    this.#tabulate(shown, alone, now);
    this.moment.take(shown);
    this.moment.show(this.dashboard.charts.at, now);
    if (isLink) this.#root.scrollIntoView({ block: "start" }); // who follows a link to a consumer sees it
  }

  #draw({ layers, colours }, alone, bounds) {
    const { start, end } = this.#live ? bounds : layers;
    const limit = layers.limit + (this.#live ? MINUTE_MS : 0);
    this.chart.show({ layers, colours, alone: alone && layers.named.length === 1, start, end, limit, cores: this.dashboard.model.host.cores });
  }

  /** One alone is told in facts; several of one name, as all together, in a table. */
  #tabulate({ answer, layers, colours }, alone, now) {
    const { consumers } = answer;
    const one = alone && consumers.length === 1 ? consumers[0] : null;
    if (alone) this.one.show(one, layers, answer.alerts, now);
    this.table.show({ answer, layers, colours, now, addressOf: (consumer) => this.#addressOf(consumer) });
    this.table.hide(one !== null || layers.empty);
    const others = consumers.find(({ kind }) => kind === "others");
    const button = slot("usage-more");
    button.hidden = alone || layers.empty || (this.#top === MOST && !(others?.share_percent > 0));
    setText(button, this.#top === MOST ? "Show more consumers" : `Show the ${MOST} heaviest only`);
    const link = slot("usage-csv");
    link.hidden = layers.empty;
    link.href = `${this.path}.csv?${new URLSearchParams(this.#parameters(answer, namedConsumer(location.search)))}`;
  }

  #say(text, retry = false) {
    setText(slot("usage-text"), text);
    slot("usage-line").dataset.tone = retry ? "problem" : "";
    slot("usage-retry").hidden = !retry;
  }

  /** Live: once a minute, when one is over, and soon where nothing is known yet; the past is asked for by who shows it. */
  #again() {
    if (!this.#live) return;
    const wait = this.#layers?.empty ?? true ? FIRST_MS : MINUTE_MS - ((this.#now - AFTER_MS) % MINUTE_MS);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!document.hidden && !this.dashboard.pause.on) this.#load();
      else if (!document.hidden) this.#again();
    }, wait);
  }

  /** The live window moves on between two answers. */
  #moveOn() {
    if (!this.#live || !this.#layers || document.hidden || this.dashboard.pause.on) return;
    this.chart.draw(this.dashboard.model.window(true));
  }

  #move(at) {
    this.chart.point();
    return this.moment.show(at, this.#now);
  }
}
