// Puts the model on the page: frames in, one drawing a frame out, and a tick each second for what ages.

import { announcement } from "./alerts.js";
import { Banner, Log } from "./alertviews.js";
import { Backfill, pageFetcher } from "./backfill.js";
import { ChartView } from "./chartview.js";
import { describe } from "./connection.js";
import { icon, setText, slot } from "./element.js";
import { hostFacts, tiles } from "./figures.js";
import { LoadCard } from "./loadcard.js";
import { loadTestAnnouncement } from "./loadtest.js";
import { Model } from "./model.js";
import { NAMES } from "./series.js";
import { LiveSocket, socketUrl } from "./socket.js";
import { linkAnnouncement, noticeLines, showChip, showNotices, showVerdict, verdictView } from "./status.js";
import { Tiles } from "./tiles.js";
import { showTitle } from "./title.js";
import { Twin } from "./twin.js";

// Five samples a second are possible; nobody reads more than two drawings a second.
const LEAST_BETWEEN_DRAWINGS_MS = 400;

export class Dashboard {
  #paused = false;
  #due = false;
  #drawnAt = 0;
  #link = "connecting";
  #frozen = null;

  constructor(page) {
    this.urls = page.urls;
    this.model = new Model(page, () => performance.now());
    const { ring, host, limit, words } = this.model;
    this.charts = new ChartView({ ring, metrics: words.metrics, cores: host.cores, limit, onDraw: () => this.#draw() });
    this.big = new Tiles(slot("tiles-big"));
    this.small = new Tiles(slot("tiles-small"));
    this.banner = new Banner();
    this.log = new Log();
    this.twin = new Twin(() => ({ samples: ring.samples, ...this.#window() }), NAMES, words.metrics);
    this.card = new LoadCard({ host, urls: page.urls, onChange: (test) => this.#setLoadTest(test) });
    this.backfill = new Backfill(pageFetcher(page.urls.samples, host.name), (samples) => this.#fill(samples));
    this.socket = new LiveSocket(socketUrl(page.urls.live, host.name, location.href), {
      onFrame: (frame) => this.#take(frame),
      onChange: () => this.#showLink(),
    });
  }

  start() {
    slot("pause").addEventListener("click", () => this.#pause(!this.#paused));
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
  }

  #toCharts() {
    const charts = document.getElementById("charts");
    charts.scrollIntoView({ block: "start" });
    charts.querySelector('[data-slot="box"]').focus({ preventScroll: true });
  }

  #take(frame) {
    const before = this.model.loadTest;
    const { after, fired, recovered } = this.model.take(frame);
    this.#tellLoadTest(before);
    if (after !== null) this.backfill.want(after);
    const { words } = this.model;
    if (fired.length) setText(slot("alert-announcer"), announcement({ fired, recovered: [] }, words));
    if (recovered.length) setText(slot("announcer"), announcement({ fired: [], recovered }, words));
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
    return this.model.window(this.#link === "live" || this.#link === "connecting");
  }

  #schedule() {
    if (this.#paused || document.hidden || this.#due) return;
    this.#due = true;
    const wait = Math.max(0, this.#drawnAt + LEAST_BETWEEN_DRAWINGS_MS - performance.now());
    setTimeout(() => requestAnimationFrame(() => this.#due && this.#draw()), wait);
  }

  #draw() {
    this.#due = false;
    this.#drawnAt = performance.now();
    const { values, mean, host, alerts, tests, rules, sampler, seenAt, clock } = this.model;
    const now = clock.now();
    const { big, small } = tiles({ values, mean, cores: host.cores, alerts, failing: sampler.failing ?? {} });
    this.big.show(big);
    this.small.show(small);
    const view = this.#paused ? this.#frozen : this.#window();
    const currentAt = this.#link === "live" ? null : seenAt;
    this.charts.draw({ ...view, cores: host.cores, alerts, tests, rules, now, current: values, currentAt });
    this.#showAlerts(now);
    this.#showVerdict();
    this.#showTitle();
  }

  #showAlerts(now) {
    const { present, words } = this.model;
    this.banner.show(present.open, words, now);
    this.log.show(present, words, now);
  }

  #showVerdict() {
    const { verdict, seenAt, age } = this.model;
    showVerdict(verdictView(verdict, { link: this.#link, seenAt, age }));
  }

  #showTitle() {
    const { alerts, values } = this.model;
    showTitle({ open: alerts.open.length, cpu: values?.cpu_percent ?? null, state: this.#link });
  }

  /** What moves by itself: ages, durations, progress; and the charts while no sample comes. */
  #second() {
    this.#showLink();
    if (document.hidden) return;
    const { host, sampler, ring, loadTest, clock } = this.model;
    const now = clock.now();
    const { cores, reason, uptime } = hostFacts(host, now);
    setText(slot("cores"), cores);
    setText(slot("cores-reason"), reason);
    setText(slot("uptime"), uptime);
    showNotices(noticeLines(sampler, { stepped: ring.steps.at(-1) ?? null }));
    this.card.show(loadTest, now);
    this.#showAlerts(now);
    this.twin.tick(now);
    if (this.#link !== "live") this.#schedule();
  }

  #showLink() {
    const { age, limit } = this.model;
    const described = describe(this.socket.state, { now: performance.now(), sampleAge: age, limit, paused: this.#paused });
    showChip(described, `${this.urls.login}?${new URLSearchParams({ next: location.pathname + location.search })}`);
    if (described.state === this.#link) return;
    const words = linkAnnouncement(this.#link, described.state);
    this.#link = described.state;
    document.body.dataset.link = described.state;
    if (words) setText(slot("announcer"), words);
    this.#showVerdict();
    this.#showTitle();
    this.#schedule();
  }

  #pause(paused) {
    this.#frozen = this.#window();
    this.#paused = paused;
    const button = slot("pause");
    button.setAttribute("aria-pressed", String(paused));
    button.querySelector("svg").replaceWith(icon(paused ? "resume" : "pause"));
    setText(slot("pause-word"), paused ? "Resume" : "Pause");
    this.#showLink();
    this.#draw();
  }
}
