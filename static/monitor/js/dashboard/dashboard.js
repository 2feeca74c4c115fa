// Puts the model on the page: frames in, one drawing a frame out, and a tick each second for what ages.

import { announcement, combined } from "../alerts/alerts.js";
import { Banner, Log } from "../alerts/alertviews.js";
import { ChartView } from "../charts/chartview.js";
import { openCharts } from "../charts/open_charts.js";
import { NAMES } from "../charts/series.js";
import { CulpritsView } from "../diagnosis/culpritsview.js";
import { Witness } from "../loadtests/drill.js";
import { LoadCard } from "../loadtests/loadcard.js";
import { loadTestAnnouncement } from "../loadtests/loadtest.js";
import { BrowserNotifier } from "../notifying/browser_notifier.js";
import { SilencesView } from "../notifying/silences_view.js";
import { setText, slot } from "../page/element.js";
import { clockTime } from "../page/format.js";
import { Backfill, pageFetcher } from "./backfill.js";
import { ChartTable } from "./chart_table.js";
import { describe } from "./connection.js";
import { hostFacts, tiles } from "./figures.js";
import { Model } from "./model.js";
import { Pause } from "./pause.js";
import { LiveSocket, socketUrl } from "./socket.js";
import { linkAnnouncement, noticeLines, renamedLine, showChip, showNotices, showVerdict, verdictView } from "./status.js";
import { Tiles } from "./tiles.js";
import { showTitle } from "./title.js";

/** The view before the first answer of the past: nothing to draw yet. */
const PENDING = Object.freeze({ source: null });

// Five samples a second are possible; nobody reads more than two drawings a second.
const LEAST_BETWEEN_DRAWINGS_MS = 400;

export class Dashboard {
  #due = false;
  #drawnAt = 0;
  #link = "connecting";
  #past = null;
  #witness = new Witness();
  /** The earlier span that is laid under the live window, or null. */
  ghost = null;

  /** @param {object} page the first paint; @param {boolean} past whether the address asks for a span of the past */
  constructor(page, past = false) {
    this.urls = page.urls;
    this.model = new Model(page, () => performance.now());
    this.#past = past ? PENDING : null;
    this.pause = new Pause(() => this.#pauseOrResume());
    const { host, words } = this.model;
    this.charts = new ChartView({ metrics: words.metrics, open: openCharts(location.search) });
    this.big = new Tiles(slot("tiles-big"));
    this.small = new Tiles(slot("tiles-small"));
    this.banner = new Banner({ urls: page.urls, may: page.can.acknowledge });
    this.log = new Log(page.urls.alert);
    this.notifier = new BrowserNotifier(page.urls.alert);
    this.silences = new SilencesView({ urls: page.urls, host: host.name, may: page.can.silence, longest: page.longest_silence_ms, now: () => this.model.clock.now(), announce: (text) => setText(slot("announcer"), text) });
    this.culprits = new CulpritsView();
    this.table = new ChartTable(() => this.charts.view ?? this.#liveView(), NAMES, words.metrics);
    this.card = new LoadCard({ host, urls: page.urls, limits: page.load_test_limits, drill: page.drill, onChange: (test) => this.#setLoadTest(test) });
    this.backfill = new Backfill(pageFetcher(page.urls.samples, host.name), (samples) => this.#fill(samples));
    this.socket = new LiveSocket(socketUrl(page.urls.live, host.name, location.href), {
      onFrame: (frame) => this.#take(frame),
      onChange: () => this.#showLink(),
    });
  }

  start() {
    this.notifier.start();
    this.silences.start();
    slot("banner-show").addEventListener("click", () => this.#toCharts());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#second();
      this.#schedule();
    });
    setInterval(() => this.#second(), 1000);
    this.socket.start();
    this.#draw();
    this.#second();
  }

  /** Draws anew after a change of colours, at once: a printer does not wait. */
  repaint() {
    this.charts.repaint();
    this.#draw();
    this.charts.redraw(true);
  }

  /** Shows a view of the past instead of the live window; without one, what is shown stays as it is. */
  showPast(view = null) {
    if (this.pause.on) this.#pauseOrResume();
    this.#past = view ?? this.#past ?? this.charts.view ?? PENDING;
    document.body.dataset.mode = "history";
    slot("pause").hidden = true;
    if (view) this.charts.draw(view);
    if (view) this.#showAlerts(this.model.clock.now());
    this.table.renew();
    this.#showLink();
  }

  /** Shows the live window again. */
  showLive() {
    this.#past = null;
    document.body.dataset.mode = "live";
    slot("pause").hidden = false;
    this.#showLink();
    this.#draw();
    this.table.renew();
  }

  /** Fetches what the pushed samples of the window did not carry before a chart needed it. */
  fetchWindow() {
    const first = this.model.ring.samples.find(({ id }) => id !== null);
    if (first) this.backfill.want(first.id - 1);
  }

  #toCharts() {
    if (this.#past) this.onLive?.();
    const charts = document.getElementById("charts");
    charts.scrollIntoView({ block: "start" });
    charts.querySelector('[data-slot="box"]').focus({ preventScroll: true });
  }

  #take(frame) {
    const before = this.model.loadTest;
    const { after, fired, escalated, recovered } = this.model.take(frame);
    this.#tellLoadTest(before);
    if (after !== null) this.backfill.want(after);
    const { words } = this.model;
    if (fired.length + escalated.length) setText(slot("alert-announcer"), announcement({ fired, escalated }, words));
    if (recovered.length) setText(slot("announcer"), announcement({ recovered }, words));
    if (fired.length && !document.hidden) this.#showAlerts(this.model.clock.now());
    this.notifier.tell({ fired, escalated, recovered }, words);
    if (frame.type === "status") this.#second();
    this.#showTitle();
    this.#schedule();
  }

  #fill(samples) {
    this.model.fill(samples);
    this.#schedule();
  }

  #tellLoadTest(before) {
    const words = loadTestAnnouncement(before, this.model.loadTest);
    if (words) setText(slot("announcer"), words);
  }

  #setLoadTest(test) {
    const before = this.model.loadTest;
    this.model.setLoadTest(test);
    this.#tellLoadTest(before);
    this.#second();
    this.#schedule();
  }

  #window() {
    return this.model.window(this.#synthetic || this.#link === "live" || this.#link === "connecting");
  }

  /** Whether what is shown is not of now. */
  get #old() {
    return this.#synthetic || ["stale", "reconnecting", "ended"].includes(this.#link);
  }

  /** Whether the host was made up: its history has an end, and nothing is wrong with that. */
  get #synthetic() {
    return this.model.host.synthetic === true;
  }

  /** All that the charts show of the live window; while paused, of what it was then. */
  #liveView() {
    if (this.pause.on) return { ...this.pause.view, ghost: this.ghost };
    const { ring, limit, values, host, alerts, tests, rules, gaps: reasons, seenAt, clock } = this.model;
    const bounds = this.#window();
    const rest = this.#link === "live" || seenAt === null ? "now" : clockTime(seenAt);
    const episodes = combined(alerts);
    const openCount = alerts.open.length;
    const label = "Last 20 minutes";
    return { ...bounds, source: ring, limit, label, reasons, episodes, openCount, tests, rules, cores: host.cores, now: clock.now(), current: values, rest, ghost: this.ghost };
  }

  #schedule() {
    if (this.pause.on || document.hidden || this.#due) return;
    this.#due = true;
    const wait = Math.max(0, this.#drawnAt + LEAST_BETWEEN_DRAWINGS_MS - performance.now());
    setTimeout(() => requestAnimationFrame(() => this.#due && this.#draw()), wait);
  }

  #draw() {
    this.#due = false;
    this.#drawnAt = performance.now();
    this.#showTiles();
    if (!this.#past) this.#drawLive();
    this.#showAlerts(this.model.clock.now());
    this.#showVerdict();
    this.#showTitle();
  }

  #showTiles() {
    const { values, mean, host, alerts, sampler, words } = this.model;
    const facts = { cores: host.cores, memoryReason: host.memory_reason };
    const { big, small } = tiles({ values, mean, ...facts, alerts, failing: sampler.failing ?? {}, metrics: words.metrics, old: this.#old });
    this.big.show(big);
    this.small.show(small);
  }

  #drawLive() {
    const view = this.#liveView();
    this.charts.draw(view);
    this.onWindow?.(view);
  }

  #showAlerts(now) {
    const { present, words } = this.model;
    this.banner.show(present.open, words, now, this.#old ? this.model.seenAt : null);
    this.log.show(present, words, now, this.#past?.isPast ? this.#past : null);
    this.#witness.tell(present.open, this.model.loadTest, (frame) => this.socket.send(frame));
  }

  #showVerdict() {
    const { verdict, seenAt, age, clock } = this.model;
    showVerdict(verdictView(verdict, { link: this.#link, seenAt, age, now: clock.now(), synthetic: this.#synthetic }));
  }

  #showTitle() {
    const { alerts, values } = this.model;
    showTitle({ open: alerts.open.length, cpu: values?.cpu_percent ?? null, state: this.#link });
  }

  /** What moves by itself: ages, durations, progress; and the charts while no sample comes. */
  #second() {
    this.#showLink();
    if (document.hidden) return;
    const { host, sampler, parts, ring, loadTest, busy, groups, clock } = this.model;
    const now = clock.now();
    const { cores, reason, uptime } = hostFacts(host, now);
    setText(slot("cores"), cores);
    setText(slot("cores-reason"), reason);
    setText(slot("uptime"), uptime);
    showNotices(noticeLines(sampler, { parts, stepped: ring.steps.at(-1) ?? null, synthetic: this.#synthetic, renamed: renamedLine(host, now) }));
    this.card.show(loadTest, now);
    this.silences.show(this.model.notifications, this.model.rules);
    this.culprits.show(busy, now, this.#old ? null : groups);
    this.#showAlerts(now);
    this.table.tick(now);
    if (!["live", "history"].includes(this.#link)) this.#schedule();
  }

  #showLink() {
    const { age, ahead, limit } = this.model;
    const view = { now: performance.now(), sampleAge: age, limit, ahead, paused: this.pause.on, past: this.#past !== null, synthetic: this.#synthetic };
    const described = describe(this.socket.state, view);
    showChip(described, `${this.urls.login}?${new URLSearchParams({ next: location.pathname + location.search })}`);
    if (described.state === this.#link) return;
    const words = linkAnnouncement(this.#link, described.state, ahead);
    this.#link = described.state;
    document.body.dataset.link = described.state;
    if (words) setText(slot("announcer"), words);
    this.#showTiles();
    this.#showVerdict();
    this.#showTitle();
    this.#schedule();
  }

  #pauseOrResume() {
    if (this.pause.on) this.pause.end();
    else this.pause.keep(this.#liveView(), this.model.seenAt);
    this.#showLink();
    this.#draw();
  }
}
