// All charts together: one span of time, one cursor, legends, descriptions for a screen reader.

import { setText, slot } from "../page/element.js";
import { clockTime } from "../page/format.js";
import { recall, remember } from "../page/storage.js";
import { alertBands, cluster, clip, testBands } from "./bands.js";
import { TimeChart } from "./chart.js";
import { cursorAt, listen } from "./cursor.js";
import { describeChart, spoken } from "./descriptions.js";
import { Guests } from "./guests.js";
import { Legend } from "./legend.js";
import { hasLibrary } from "./library.js";
import { chartLines, leastTop } from "./lines.js";
import { palette } from "./palette.js";
import { CHARTS, MAIN, OPEN_FIRST, PANELS, hideable, toggled } from "./series.js";

const BAND_PIXELS = 3;

export class ChartView {
  #parts = {};
  #hidden = recall("hidden", []);
  #at = null;
  #frame = 0;
  #described = null;
  #view = null;
  #apart = {};
  #watcher = new IntersectionObserver((entries) => this.#sighted(entries), { rootMargin: "100px" });

  guests = new Guests();

  /** @param {object} options {metrics, open: kinds of other charts that are open} */
  constructor(options) {
    Object.assign(this, options);
    this.#hidden = hideable(Array.isArray(this.#hidden) ? this.#hidden : []);
    this.#colours = palette();
    for (const kind of MAIN) this.add(kind);
    for (const kind of OPEN_FIRST) this.#begin(kind);
  }

  #colours;

  /** Kinds of the charts that are open. */
  get kinds() {
    return Object.keys(this.#parts).filter((kind) => this.#parts[kind].open);
  }

  /** What is shown: {source, start, end, ...}; null before the first drawing. */
  get view() {
    return this.#view;
  }

  /** The time at the cursor, or null. */
  get at() {
    return this.#at;
  }

  get hidden() {
    return this.#hidden;
  }

  /** A chart and its parts by kind: {chart, legend, canvas, box, panel}. */
  part(kind) {
    return this.#parts[kind];
  }

  /** Moves the cursor to a time, as a chart that shares it does; null takes it away. */
  move(at, byKey) {
    if (this.#view) this.#move(at, byKey);
  }

  /** Opens the chart of a panel that is in the page. */
  add(kind) {
    if (!this.#parts[kind]) this.#build(kind);
    else this.#parts[kind].open = true;
  }

  /** Closes a chart: it is kept, but not drawn. */
  close(kind) {
    if (this.#parts[kind]) this.#parts[kind].open = false;
  }

  /** A panel that is in the page from the start: open, or put away before anybody saw it. */
  #begin(kind) {
    const panel = document.querySelector(`[data-chart="${kind}"]`);
    if (this.open.includes(kind) && !panel.hidden) this.add(kind);
    else panel.hidden = true;
  }

  #build(kind) {
    const panel = document.querySelector(`[data-chart="${kind}"]`);
    const box = slot("box", panel);
    if (!hasLibrary(box)) return;
    const series = CHARTS[kind];
    const canvas = box.querySelector("canvas");
    const chart = new TimeChart({ canvas, series, panel: PANELS[kind] });
    const legend = new Legend(slot("legend", panel), series, this.metrics, (name, visible) => this.#toggle(name, visible));
    legend.hide(this.#hidden);
    listen(box, chart, () => this.#view.source, () => this.#at, (at, byKey) => this.move(at, byKey));
    chart.paint(this.#colours);
    this.#parts[kind] = { chart, legend, canvas, box, panel, open: true, near: true, stale: true };
    this.#watcher.observe(box);
  }

  /** A chart off screen is not drawn; it is when it comes near. */
  #sighted(entries) {
    for (const { target, isIntersecting } of entries) {
      const [kind, part] = Object.entries(this.#parts).find(([, { box }]) => box === target);
      part.near = isIntersecting;
      if (isIntersecting && part.stale && part.open && this.#view) this.#show(kind);
    }
    this.readings();
  }

  #toggle(name, visible) {
    this.#hidden = toggled(this.#hidden, name, visible);
    remember("hidden", this.#hidden);
    this.redraw();
    return this.#hidden;
  }

  /** Reads the colours anew: after a change of theme. */
  repaint() {
    this.#colours = palette();
    for (const { chart } of Object.values(this.#parts)) {
      chart.paint(this.#colours);
      chart.resize();
    }
    this.guests.repaint();
  }

  get #cursor() {
    return this.#at === null || !this.#view ? null : cursorAt(this.#view.source, this.#at, this.#view.limit);
  }

  #move(at, byKey) {
    if (at === null && this.#at === null) return;
    this.#at = at;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#showCursor(byKey));
  }

  #showCursor(byKey) {
    const cursor = this.#cursor;
    for (const { chart, open, near } of Object.values(this.#parts)) if (open && near) chart.point(cursor, this.#hidden);
    this.readings();
    const also = this.guests.move(this.#at);
    if (byKey) setText(slot("cursor-text"), [spoken(cursor, this.#view, this.metrics), ...also].join(". "));
  }

  /** Legends: values at the cursor, else those that the view rests on ("now", "mean"). */
  readings() {
    if (!this.#view) return;
    const { rest, timeOf = clockTime } = this.#view;
    const cursor = this.#cursor;
    for (const kind of this.kinds) {
      const { source, limit, current, ghost } = this.#viewOf(kind);
      const values = cursor ? cursorAt(source, cursor.at, limit).values : current;
      const before = ghost ? ghost.reading(kind, cursor, this.#view) : null;
      this.#parts[kind].legend.show(values, cursor ? timeOf(cursor.at) : rest, before);
    }
  }

  /** Draws a view: {source, start, end, limit, gaps?, reasons?, ghost?, label, episodes, tests, rules, cores, now, current, rest}. */
  draw(view) {
    this.#view = view;
    if (this.#at !== null && (this.#at < view.start || this.#at > view.end)) {
      this.#at = null;
      this.guests.move(null);
    }
    for (const kind of this.kinds) {
      const part = this.#parts[kind];
      part.stale = true;
      if (part.near || document.hidden) this.#show(kind);
    }
    this.readings();
    this.#describe();
  }

  /** Draws what is shown once more; `all` also what is off screen, for a printer. */
  redraw(all = false) {
    if (!this.#view) return;
    for (const kind of this.kinds) if (all || this.#parts[kind].near) this.#show(kind);
    this.readings();
  }

  /** The view as one chart shows it: with what it shows apart, in place of its share of all. */
  #viewOf(kind) {
    const part = this.#apart[kind];
    return part ? { ...this.#view, ghost: null, ...part, label: `${this.#view.label}, ${part.name}` } : this.#view;
  }

  #show(kind) {
    const { source, start, end, limit, gaps, reasons, episodes, tests, rules, cores, now, ghost = null, lines: ruled = true } = this.#viewOf(kind);
    const inside = (bands) => bands.map((band) => clip(band, { start, end })).filter(Boolean);
    const { chart, legend, box } = this.#parts[kind];
    const perPixel = (end - start) / Math.max(300, box.clientWidth);
    const lines = ruled ? chartLines(kind, rules, this.metrics, cores) : [];
    this.#parts[kind].stale = false;
    legend.setGhost(ghost ? { name: CHARTS[kind][0].name, text: ghost.text } : null);
    chart.show({
      source,
      start,
      end,
      limit,
      gaps,
      reasons,
      hidden: this.#hidden,
      alerts: cluster(inside(alertBands(episodes, kind, now, this.metrics)), BAND_PIXELS * perPixel),
      tests: inside(testBands(tests, now)),
      lines,
      cursor: this.#cursor,
      ghost: ghost ? ghost.points(kind) : [],
      least: leastTop(kind, lines, cores),
    });
    legend.setBand(chart.band);
  }

  /** Lets a chart show one part of what it else shows together: {name, source, limit, current, lines}; null: all of it again. */
  showApart(kind, part) {
    if (part) this.#apart[kind] = part;
    else delete this.#apart[kind];
    if (!this.#view || !this.#parts[kind]?.open) return;
    this.#show(kind);
    this.readings();
    this.#describe();
  }

  /** Shows a selection on every chart; null takes it away. */
  select(selection) {
    for (const { chart, open, near } of Object.values(this.#parts)) if (open && near) chart.select(selection);
    this.guests.select(selection);
  }

  /** Once a minute, and when the span is another one: what the canvas shows, in words. */
  #describe() {
    const { now, label, source } = this.#view;
    const apart = Object.values(this.#apart).map(({ name }) => name);
    const key = `${label} ${this.kinds} ${apart} ${Math.floor(now / 60000)} ${source.start ?? ""}`;
    if (key === this.#described) return;
    this.#described = key;
    for (const kind of this.kinds) {
      const { canvas, chart } = this.#parts[kind];
      canvas.setAttribute("aria-label", describeChart(CHARTS[kind], this.#viewOf(kind), this.metrics, chart.gaps.length));
    }
  }

  resize() {
    for (const { chart } of Object.values(this.#parts)) chart.resize();
  }
}
