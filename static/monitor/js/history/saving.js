// Saves a chart: a picture with title, host and span drawn in, or the data behind it.

import { palette } from "../charts/palette.js";
import { CHARTS, PANELS, namesOf } from "../charts/series.js";
import { slot } from "../page/element.js";
import { inUnit, zone } from "../page/format.js";
import { rfc3339 } from "../page/range.js";
import { fileName } from "./filename.js";
import { boundsWords } from "./words.js";

const HEAD = 58;
const FOOT = 26;
const EDGE = 12;
const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** A canvas with the chart and what one must know to read it later. */
function picture(kind, { charts, model }) {
  const { canvas } = charts.part(kind);
  const { view } = charts;
  const colours = palette();
  const width = canvas.clientWidth + 2 * EDGE;
  const height = canvas.clientHeight + HEAD + FOOT;
  const scale = canvas.width / canvas.clientWidth;
  const made = document.createElement("canvas");
  [made.width, made.height] = [Math.round(width * scale), Math.round(height * scale)];
  const ctx = made.getContext("2d");
  ctx.scale(scale, scale);
  ctx.fillStyle = colours.panel;
  ctx.fillRect(0, 0, width, height);
  ctx.textBaseline = "top";
  const { title, unit } = PANELS[kind];
  write(ctx, `${title}, ${model.host.name}`, EDGE, 10, `600 16px ${FAMILY}`, colours.text);
  write(ctx, `${boundsWords(view, model.clock.now())}, ${zone()}`, EDGE, 33, `12px ${FAMILY}`, colours.muted);
  ctx.textAlign = "right";
  write(ctx, unit, width - EDGE, 13, `12px ${FAMILY}`, colours.muted);
  ctx.textAlign = "left";
  ctx.drawImage(canvas, EDGE, HEAD, canvas.clientWidth, canvas.clientHeight);
  key(ctx, kind, charts, model, colours, height - FOOT + 4);
  return made;
}

function write(ctx, text, x, y, font, colour) {
  ctx.font = font;
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}

/** What each line is, with its mean where the view rests on means. */
function key(ctx, kind, charts, { words }, colours, y) {
  let x = EDGE;
  const entry = (text, colour, dash, width) => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.setLineDash(dash);
    ctx.beginPath();
    ctx.moveTo(x, y + 7);
    ctx.lineTo(x + 24, y + 7);
    ctx.stroke();
    write(ctx, text, x + 30, y, `12px ${FAMILY}`, colours.text);
    x += 30 + ctx.measureText(text).width + 20;
  };
  const { current, rest, ghost } = charts.view;
  for (const { name, short, colour, dash } of CHARTS[kind].filter((series) => !charts.hidden.includes(series.name))) {
    entry(`${short}, ${rest} ${inUnit(current?.[name] ?? null, words.metrics[name]?.unit ?? "")}`, colours[colour], dash, 2);
  }
  const band = charts.part(kind).chart.band;
  if (band) entry(band.text, colours[band.colour], [], 6);
  if (ghost) entry(ghost.text, colours.muted, [], 1);
}

function download(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** The address of the data behind a chart: the span and the buckets that are shown. */
function dataQuery(kind, { host, start, end }, { source }) {
  const points = Math.min(4000, Math.max(10, source.times?.length ?? 1200));
  const [from, to] = [start, end].map((at) => rfc3339(Math.round(at)));
  const query = new URLSearchParams({ host, metrics: namesOf([kind]), start: from, end: to, points });
  if (source.mostlyMs) query.set("percentiles", "yes");
  return query;
}

/** Wires the menu of one chart. */
export function wireSaving(kind, dashboard, csvPath) {
  const { charts, model } = dashboard;
  const root = slot("save", charts.part(kind).panel);
  const [opener, menu, link] = ["save-open", "save-menu", "save-csv"].map((name) => slot(name, root));
  const facts = () => ({ host: model.host.name, kind, start: charts.view.start, end: charts.view.end });
  const show = (open) => {
    menu.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (!open) return;
    link.href = `${csvPath}?${dataQuery(kind, facts(), charts.view)}`;
    link.download = fileName(facts(), "csv");
  };
  const close = () => {
    show(false);
    opener.focus();
  };
  opener.addEventListener("click", () => show(menu.hidden && Boolean(charts.view?.source)));
  slot("save-png", root).addEventListener("click", () => {
    charts.redraw(true);
    picture(kind, dashboard).toBlob((blob) => blob && download(blob, fileName(facts(), "png")), "image/png");
    close();
  });
  link.addEventListener("click", () => setTimeout(close));
  root.addEventListener("keydown", (event) => event.key === "Escape" && !menu.hidden && close());
  document.addEventListener("pointerdown", ({ target }) => !menu.hidden && !root.contains(target) && show(false));
}
