// All that the page knows, and how a frame changes it; free of the DOM, so that it can be replayed in tests.

import { changes, withPresent } from "../alerts/alerts.js";
import { Ring, rows } from "../charts/ring.js";
import { ALL_NAMES } from "../charts/series.js";
import { withCurrent } from "../loadtests/loadtest.js";
import { age } from "../page/age.js";
import { startAfter } from "./backfill.js";
import { ServerClock } from "./clock.js";

const NOTHING = Object.freeze({ after: null, fired: [], escalated: [], recovered: [] });

export class Model {
  /** @param {object} page the first paint; @param {() => number} monotonic ms since some start */
  constructor(page, monotonic) {
    const { host, alerts, sampler, verdict, rules, parts = [] } = page;
    Object.assign(this, { host, alerts, sampler, verdict, rules, parts });
    this.words = { metrics: page.metrics };
    this.notifications = { silences: page.silences, receivers: page.receivers, no_notifier: page.no_notifier };
    this.mean = page.mean_2m;
    this.values = page.latest?.values ?? null;
    this.seenAt = page.latest?.at ?? null;
    this.loadTest = page.load_test;
    this.busy = page.busy ?? null;
    /** Services, containers and sessions at work: {name, kind, user, cpu_percent}, heaviest first; null where nobody knows. */
    this.groups = null;
    this.tests = page.load_tests ?? [];
    this.gaps = page.gaps ?? [];
    /** How long in ms a sample is of now, and how far apart two may lie that a line joins. */
    this.limit = page.stale_after_ms;
    this.windowMs = page.window.seconds * 1000;
    this.clock = new ServerClock(page.server_time, monotonic);
    this.ring = new Ring(this.windowMs, ALL_NAMES);
    this.ring.merge(rows(page.window));
  }

  /** The alerts with the values of this second. */
  get present() {
    const open = this.alerts.open.map((alert) => withPresent(alert, this.values, this.mean));
    return { ...this.alerts, open };
  }

  /** Age of the newest sample in ms, by the server's clock; null before the first, and where nobody knows it. */
  get age() {
    return this.seenAt === null ? null : age(this.seenAt, this.clock.now());
  }

  /** By how many ms the newest sample lies ahead of the server's clock; 0 where its age is known. */
  get ahead() {
    return this.seenAt === null || this.age !== null ? 0 : this.seenAt - this.clock.now();
  }

  /** The window of the charts: it follows the samples while they come, and the clock when they do not. */
  window(flowing) {
    const newest = this.ring.latest?.at ?? this.clock.now();
    const end = flowing ? newest : Math.max(newest, this.clock.now());
    return { start: end - this.windowMs, end };
  }

  /** Takes one frame; returns {after, fired, escalated, recovered}: the id to fetch samples after, and news of alerts. */
  take(frame) {
    const kinds = { hello: this.#hello, sample: this.#sample, alerts: this.#alerts, status: this.#status };
    return { ...NOTHING, ...kinds[frame.type]?.call(this, frame) };
  }

  /** Takes samples that were fetched. */
  fill(samples) {
    this.ring.merge(samples);
    const latest = this.ring.latest;
    if (!latest || latest.at <= (this.seenAt ?? 0)) return;
    this.seenAt = latest.at;
    this.values = samples.find((sample) => sample.at === latest.at)?.values ?? this.values;
  }

  /** Takes a load test; an answer that was overtaken by newer news is dropped. */
  setLoadTest(test) {
    if (isOlder(test, this.loadTest)) return;
    this.loadTest = test;
    const start = this.clock.now() - this.windowMs;
    this.tests = withCurrent(this.tests, test).filter(({ ended_at: ended }) => (ended ?? Infinity) > start);
  }

  #missed(known, lastId) {
    return { after: startAfter(known, lastId, this.windowMs, this.host.interval) };
  }

  #hello({ at, last_id: lastId = null, interval }) {
    this.clock.hear(at);
    if (interval > 0) this.host = { ...this.host, interval };
    return this.ring.knows(lastId) ? null : this.#missed(this.ring.lastId, lastId);
  }

  #sample(frame) {
    const { previous_id: previous = null } = frame;
    const missed = this.ring.knows(previous) ? null : this.#missed(this.ring.lastId, previous);
    const became = this.ring.add(frame);
    if (frame.now) this.clock.hear(frame.now);
    if (became === "appended" || became === "stepped") {
      this.values = frame.values;
      this.mean = frame.mean_2m ?? this.mean; // frames that fill a hole carry neither
      this.verdict = frame.verdict ?? this.verdict;
      this.groups = frame.groups ?? null;
      this.seenAt = frame.at;
    }
    return missed;
  }

  #alerts({ open, recent = [], count_24h: count }) {
    const after = { open, recent, count_24h: count };
    const news = changes(this.alerts, after);
    this.alerts = after;
    return news;
  }

  #status({ at, sampler, host, rules, busy, load_test: test, gaps, parts, stale_after_ms: limit, silences, receivers, no_notifier: nobodySends }) {
    this.clock.hear(at);
    if (silences && receivers) this.notifications = { silences, receivers, no_notifier: nobodySends };
    if (rules) this.rules = rules;
    if (gaps) this.gaps = gaps;
    if (limit) this.limit = limit;
    if (sampler) this.sampler = sampler;
    if (parts) this.parts = parts.map((part) => ({ ...part, said: part.said ?? this.#lastWords(part.name) }));
    if (host) this.host = { ...this.host, ...host };
    if (busy !== undefined) this.busy = busy;
    if (test !== undefined) this.setLoadTest(test);
    return null;
  }

  /** What a part said last, where it was told: frames serve all who look, and tell it to nobody. */
  #lastWords(name) {
    return this.parts.find((part) => part.name === name)?.said ?? null;
  }
}

const STAGES = { requested: 0, running: 1 };

/** True when `test` is an earlier stage of the load test that is known already. */
function isOlder(test, known) {
  return test?.id !== undefined && test.id === known?.id && (STAGES[test.state] ?? 2) < (STAGES[known.state] ?? 2);
}
