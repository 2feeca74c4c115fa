// The dashboard's state and its one way: a frame changes the state, the state is drawn.

import { announcement, changes } from "./alerts.js";
import { Banner, Log } from "./alertviews.js";
import { Backfill, startAfter } from "./backfill.js";
import { ChartView } from "./chartview.js";
import { ServerClock } from "./clock.js";
import { describe } from "./connection.js";
import { icon, setText, slot } from "./element.js";
import { hostFacts, tiles } from "./figures.js";
import { UNKNOWN, duration } from "./format.js";
import { tolerance } from "./gaps.js";
import { LoadCard } from "./loadcard.js";
import { withCurrent } from "./loadtest.js";
import { Ring, rows } from "./ring.js";
import { NAMES } from "./series.js";
import { LiveSocket, socketUrl } from "./socket.js";
import { linkAnnouncement, noticeLines, showChip, showNotices, showVerdict, verdictView } from "./status.js";
import { Tiles } from "./tiles.js";
import { showTitle } from "./title.js";
import { Twin } from "./twin.js";

export class Dashboard {
  #paused = false;
  #frame = 0;
  #link = "connecting";
  #frozen = null;

  constructor(page) {
    const { host, window: past, metrics, urls } = page;
    Object.assign(this, { page, host, metrics, urls, rules: page.rules, alerts: page.alerts });
    Object.assign(this, { sampler: page.sampler, verdict: page.verdict, mean: page.mean_2m });
    this.values = page.latest?.values ?? null;
    this.seenAt = page.latest?.at ?? null;
    this.words = { metrics, rules: page.rules };
    this.loadTest = page.load_test;
    this.tests = page.load_tests ?? [];
    this.windowMs = past.seconds * 1000;
    this.limit = tolerance(host.interval);
    this.clock = new ServerClock(page.server_time, () => performance.now());
    this.ring = new Ring(this.windowMs, NAMES);
    this.ring.merge(rows(past));
    this.#buildViews(metrics, urls);
  }

  #buildViews(metrics, urls) {
    const { ring, limit, host } = this;
    this.charts = new ChartView({ ring, metrics, cores: host.cores, limit, onDraw: () => this.#schedule() });
    this.big = new Tiles(slot("tiles-big"));
    this.small = new Tiles(slot("tiles-small"));
    this.banner = new Banner();
    this.log = new Log();
    this.twin = new Twin(() => ({ samples: ring.samples, ...this.#window() }), NAMES, metrics);
    this.card = new LoadCard({ host, urls, onChange: (test) => this.#setLoadTest(test) });
    this.backfill = new Backfill(urls.samples, host.name, (samples) => this.#fill(samples));
    this.socket = new LiveSocket(socketUrl(urls.live, host.name, location.href), {
      onFrame: (frame) => this.#take(frame),
      onChange: () => this.#showLink(),
    });
  }

  start() {
    slot("pause").addEventListener("click", () => this.#pause(!this.#paused));
    slot("banner-show").addEventListener("click", () => this.#toCharts());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#schedule());
    setInterval(() => this.#second(), 1000);
    this.socket.start();
    this.#draw();
    this.#second();
  }

  repaint() {
    this.charts.repaint();
    this.#draw();
  }

  #toCharts() {
    const charts = document.getElementById("charts");
    charts.scrollIntoView({ block: "start" });
    charts.querySelector('[data-slot="box"]').focus({ preventScroll: true });
  }

  // Frames

  #take(frame) {
    switch (frame.type) {
      case "hello":
        return this.#hello(frame);
      case "sample":
        return this.#sample(frame);
      case "alerts":
        return this.#alerts(frame);
      case "status":
        return this.#status(frame);
      default:
        return undefined;
    }
  }

  #hello({ at, last_id: lastId }) {
    this.clock.hear(at);
    if (lastId !== null && !this.ring.knows(lastId)) this.#want(this.ring.lastId, lastId);
  }

  #want(known, lastId) {
    this.backfill.want(startAfter(known, lastId, this.windowMs, this.host.interval));
  }

  #sample(frame) {
    const before = this.ring.lastId;
    const hole = frame.previous_id !== null && frame.previous_id !== undefined && !this.ring.knows(frame.previous_id);
    this.clock.atLeast(frame.at);
    const became = this.ring.add(frame);
    if (hole) this.#want(before, frame.previous_id);
    if (became !== "appended" && became !== "stepped") return;
    if (became === "stepped") this.clock.hear(frame.at);
    this.values = frame.values;
    this.mean = frame.mean_2m;
    this.verdict = frame.verdict;
    this.seenAt = frame.at;
    this.#schedule();
  }

  #fill(samples) {
    if (!samples.length) return;
    this.ring.merge(samples);
    const latest = this.ring.latest;
    if (latest && latest.at > (this.seenAt ?? 0)) {
      this.seenAt = latest.at;
      this.values = samples.find((sample) => sample.at === latest.at)?.values ?? this.values;
    }
    this.#schedule();
  }

  #alerts(frame) {
    const after = { open: frame.open, recent: frame.recent ?? [], count_24h: frame.count_24h };
    const { fired, recovered } = changes(this.alerts, after);
    this.alerts = after;
    if (fired.length) setText(slot("alert-announcer"), announcement({ fired, recovered: [] }, this.words));
    if (recovered.length) setText(slot("announcer"), announcement({ fired: [], recovered }, this.words));
    this.#schedule();
  }

  #status(frame) {
    this.clock.hear(frame.at);
    if (frame.sampler) this.sampler = frame.sampler;
    if (frame.host) this.host = { ...this.host, ...frame.host };
    if (frame.load_test !== undefined) this.#setLoadTest(frame.load_test);
    this.#schedule();
  }

  #setLoadTest(test) {
    this.loadTest = test;
    this.tests = withCurrent(this.tests, test).filter((one) => (one.ended_at ?? Infinity) > this.clock.now() - this.windowMs);
    this.#second();
  }

  // Drawing

  #window() {
    const newest = this.ring.latest?.at ?? this.clock.now();
    const end = this.#link === "live" || this.#link === "connecting" ? newest : Math.max(newest, this.clock.now());
    return { start: end - this.windowMs, end };
  }

  #schedule() {
    if (this.#paused || document.hidden || this.#frame) return;
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const now = this.clock.now();
    const { big, small } = tiles({
      values: this.values,
      mean: this.mean,
      cores: this.host.cores,
      alerts: this.alerts,
      failing: this.sampler.failing ?? {},
    });
    this.big.show(big);
    this.small.show(small);
    const view = this.#paused ? this.#frozen : this.#window();
    const { alerts, tests, rules, values: current } = this;
    const currentAt = this.#link === "live" ? null : this.seenAt;
    this.charts.draw({ ...view, alerts, tests, rules, now, current, currentAt });
    this.#showAlerts(now);
    this.#showVerdict(now);
    this.#showTitle();
  }

  #showAlerts(now) {
    this.banner.show(this.alerts.open, this.words, now);
    this.log.show(this.alerts, this.words, now);
  }

  #showVerdict(now) {
    const age = this.seenAt === null ? null : now - this.seenAt;
    showVerdict(verdictView(this.verdict, { link: this.#link, seenAt: this.seenAt, age }));
  }

  #showTitle() {
    const cpu = this.values?.cpu_percent ?? null;
    showTitle({ open: this.alerts.open.length, cpu, state: this.#link });
  }

  /** What moves by itself: ages, durations, progress; and the charts while no sample comes. */
  #second() {
    const now = this.clock.now();
    this.#showLink();
    if (document.hidden) return;
    const { cores, reason } = hostFacts(this.host);
    setText(slot("cores"), cores);
    setText(slot("cores-reason"), reason);
    const { booted_at: bootedAt } = this.host;
    setText(slot("uptime"), bootedAt === null ? UNKNOWN : duration(Math.floor((now - bootedAt) / 60000) * 60000));
    showNotices(noticeLines(this.sampler, { stepped: this.ring.steps.at(-1) ?? null }));
    this.card.show(this.loadTest, now);
    this.#showAlerts(now);
    this.twin.tick(now);
    if (this.#link !== "live") this.#schedule();
  }

  #showLink() {
    const now = this.clock.now();
    const sampleAge = this.seenAt === null ? null : Math.max(0, now - this.seenAt);
    const view = { now: performance.now(), sampleAge, limit: this.limit, paused: this.#paused };
    const described = describe(this.socket.state, view);
    showChip(described, this.urls.login);
    if (described.state === this.#link) return;
    const words = linkAnnouncement(this.#link, described.state);
    this.#link = described.state;
    document.body.dataset.link = described.state;
    if (words) setText(slot("announcer"), words);
    this.#showVerdict(now);
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
