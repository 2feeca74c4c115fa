// Looks into the past: the address says which span, the server sends it, and the charts show it in place of the live window.

import { listedGaps } from "../charts/livegaps.js";
import { openCharts } from "../charts/open_charts.js";
import { MAIN, namesOf } from "../charts/series.js";
import { slot } from "../page/element.js";
import { LIVE, parseRange, refreshAfter, spanOf } from "../page/range.js";
import { Waiting } from "../page/waiting.js";
import { viewSearch } from "./address.js";
import { namedChoice } from "./compare.js";
import { Comparison } from "./comparing.js";
import { DaysView } from "./daysview.js";
import { Newest, ask } from "./fetching.js";
import { GapList } from "./gaplist.js";
import { HeatView } from "./heatview.js";
import { MoreCharts } from "./more.js";
import { PartPickers } from "./parts.js";
import { pastView } from "./pastview.js";
import { Picker } from "./picker.js";
import { Remarks } from "./remarks.js";
import { wireSaving } from "./saving.js";
import { Span } from "./span.js";
import { Steering } from "./steering.js";
import { failureWords, loadingWords, sentence } from "./words.js";
import { deeper } from "./zoom.js";

const HINT = "Drag on a chart to look closer; the arrow keys ← and → move through time.";
const MOST_POINTS = 1000;

export class Explorer {
  #range = LIVE;
  #span = null;
  #newest = new Newest();
  #points = MOST_POINTS;
  #timer = 0;
  #followers = [];

  /** @param {Dashboard} dashboard of the live page; @param {object} page the first paint */
  constructor(dashboard, page) {
    this.dashboard = dashboard;
    this.page = page;
    this.steering = new Steering(this);
    this.picker = new Picker({
      range: (range) => this.go(range),
      zoom: (factor) => this.steering.zoom(factor),
      pan: (share) => this.steering.pan(share),
      compare: (choice) => this.#compare(choice),
      retry: () => this.#load(),
      look: ({ start, end }) => this.steering.look({ start: 1.5 * start - 0.5 * end, end: 1.5 * end - 0.5 * start }),
    });
    this.waiting = new Waiting(slot("charts"));
    this.comparison = new Comparison(this);
    this.follow(this.comparison);
    this.gaps = new GapList((span) => this.steering.look(span));
  }

  get now() {
    return this.dashboard.model.clock.now();
  }

  /** Bounds of what is shown or asked for. */
  get bounds() {
    return spanOf(this.#range, this.now) ?? this.dashboard.model.window(true);
  }

  get range() {
    return this.#range;
  }

  /** The span that is shown; null while that is the live window, or before the first answer. */
  get span() {
    return this.#span;
  }

  /** Reads the address, and follows it from now on. */
  start() {
    for (const kind of MAIN) this.#equip(kind);
    this.dashboard.onLive = () => this.go(LIVE);
    this.dashboard.onWindow = (view) => this.gaps.show(listedGaps(view.source.samples, view.reasons, view), view);
    addEventListener("popstate", () => {
      this.#readAddress();
      this.complete();
    });
    document.addEventListener("visibilitychange", () => !document.hidden && this.#timer === null && this.#load());
    this.steering.wirePage();
    const early = this.picker.early();
    const { urls, host } = this.page;
    const heat = new HeatView({ path: this.#beside("busyhours"), host: host.name });
    this.remarks = new Remarks({ picker: this.picker, heat, urls, overloads: this.#beside("overloads"), host: host.name });
    const load = this.dashboard.charts.part("load");
    if (load) this.follow(new DaysView({ panel: load.panel, path: this.#beside("busydays"), host: host.name }));
    this.#readAddress();
    const parts = new PartPickers(this, this.#beside("parts"));
    this.more = new MoreCharts(this, (kind) => parts.add(this.#save(kind)));
    for (const follower of [this.more, parts]) this.follow(follower);
    this.complete();
    this.picker.catchUp(early);
  }

  #equip(kind) {
    this.steering.wire(kind);
    this.#save(kind);
  }

  #save(kind) {
    if (this.dashboard.charts.part(kind)) wireSaving(kind, this.dashboard, this.#beside("history.csv"));
    return kind;
  }

  /** The address of another part of the API, beside that of history. */
  #beside(name) {
    return this.page.urls[name.replace(".", "_")] ?? this.page.urls.history.replace(/history$/, name);
  }

  /**
   * Lets something follow the span: its `live()` is called when the live window is shown, `asked(bounds)` when another span
   * is asked for, once or again, `shown({span, now})` when that is there. Each may be missing.
   */
  follow(follower) {
    this.#followers.push(follower);
  }

  #tell(what, told) {
    for (const follower of this.#followers) follower[what]?.(told);
  }

  /** Shows a range; its address becomes the page's. `zoom`: one deeper; `replace`: in place of the present one. */
  go(range, { zoom = false, replace = false } = {}) {
    const address = this.#address(range);
    if (replace) history.replaceState(history.state, "", address);
    else history.pushState(zoom ? deeper(history.state) : {}, "", address);
    this.#show(range);
  }

  /** The address of all that is shown: the range, what it is compared with, which charts are open. */
  #address(range = this.#range) {
    const view = { range, choice: this.comparison.choice, open: this.more?.open ?? openCharts(location.search) };
    return location.pathname + viewSearch(view, location.search) + location.hash;
  }

  /** Lets the address say all of what is shown, in place. An address of a range that cannot be read stays to be seen. */
  complete() {
    if (parseRange(location.search).problem) return;
    const address = this.#address();
    if (address !== location.pathname + location.search + location.hash) history.replaceState(history.state, "", address);
  }

  #compare(choice) {
    this.comparison.choose(choice);
    history.pushState(history.state, "", this.#address());
  }

  /** A chart was opened: its metrics are fetched too. */
  refetch() {
    if (this.#range.kind === "live") this.dashboard.fetchWindow();
    else this.#load();
    this.comparison.renew();
  }

  #readAddress() {
    const { range, problem } = parseRange(location.search);
    this.comparison.follow(namedChoice(location.search));
    this.picker.showChoice(this.comparison.choice);
    this.#show(range, problem);
  }

  #show(range, problem = "") {
    this.#range = range;
    this.picker.show(range, this.bounds, this.now);
    this.picker.limit(this.bounds, this.now);
    this.remarks.hide();
    if (range.kind === "live") this.#showLive(problem);
    else this.#load();
  }

  #showLive(problem) {
    clearTimeout(this.#timer);
    this.#newest.drop();
    this.waiting.end();
    this.#span = null;
    this.picker.tell(problem || HINT, { tone: problem ? "problem" : "" });
    this.dashboard.ghost = null;
    this.dashboard.showLive();
    this.#tell("live");
  }

  async #load() {
    clearTimeout(this.#timer);
    const range = this.#range;
    if (range.kind === "live") return;
    const bounds = this.bounds;
    this.dashboard.showPast();
    this.#tell("asked", bounds);
    this.waiting.begin(() => this.picker.tell(loadingWords(range, bounds, this.now)));
    try {
      const answer = await this.#newest.ask((signal) => ask(this.page.urls.history, this.parameters(bounds), signal));
      if (!answer) return;
      this.waiting.end();
      this.#take(answer, bounds);
    } catch (failure) {
      this.waiting.fail();
      this.picker.tell(failureWords(failure), { retry: true, tone: "problem" });
    }
    this.#again();
  }

  /** What to ask the history of, for the charts that are open. */
  parameters({ start, end }) {
    const { charts, model } = this.dashboard;
    const width = charts.part("cpu")?.box.clientWidth ?? 800;
    const points = Math.round(Math.min(MOST_POINTS, Math.max(120, width)));
    this.#points = points;
    const stamp = (at) => new Date(at).toISOString();
    return { host: model.host.name, metrics: namesOf(charts.kinds), start: stamp(start), end: stamp(end), points, percentiles: "auto" };
  }

  #take(answer, bounds) {
    const span = new Span(answer);
    this.#span = span;
    const view = pastView(span, answer, this.dashboard.model);
    view.ghost = this.comparison.on ? this.dashboard.charts.view?.ghost ?? null : null;
    this.dashboard.showPast(view);
    this.picker.fill(bounds, this.now);
    this.picker.limit(bounds, this.now);
    this.picker.tell(sentence(span, this.#points, this.dashboard.model.host.interval, this.now));
    this.remarks.show(span, answer, { bounds, now: this.now });
    this.gaps.show(view.gaps, view);
    this.#tell("shown", { span, now: this.now });
  }

  /** Looks again when a bucket has passed; not while nobody looks. */
  #again() {
    const wait = refreshAfter(this.#range, this.#span?.resolution ?? 15, this.now);
    if (wait === null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!document.hidden) this.#load();
    }, wait);
  }
}
