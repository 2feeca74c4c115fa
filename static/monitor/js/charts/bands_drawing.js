// Draws what lies between a low and a high: bands around a mean, layers of a stack; and the thin earlier line.

import { apart } from "./gaps.js";

const DASH_SHARE = 0.7;
const LEAST_DASH = 2;
const EXTREME_ALPHA = 0.8;

function clipped({ ctx, chartArea: { left, top, right, bottom } }, draw) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, bottom - top);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

/** Runs of points with no hole longer than `limit`. */
export function runs(points, limit) {
  const found = [];
  let from = 0;
  for (let i = 1; i <= points.length; i += 1) {
    if (i < points.length && !apart(points[i - 1], points[i], limit)) continue;
    found.push(points.slice(from, i));
    from = i;
  }
  return found.filter((run) => run.length);
}

/** Fills {ranges: [{x, low, high}], colour, alpha}, broken where it says so itself (`runs`), else at holes. */
export function drawArea(chart, { ranges, runs: own, colour, alpha }, limit) {
  const { x, y } = chart.scales;
  clipped(chart, (ctx) => {
    ctx.fillStyle = colour;
    ctx.globalAlpha = alpha;
    for (const run of own ?? runs(ranges, limit)) {
      ctx.beginPath();
      for (const range of run) ctx.lineTo(x.getPixelForValue(range.x), y.getPixelForValue(range.high));
      for (let i = run.length - 1; i >= 0; i -= 1) ctx.lineTo(x.getPixelForValue(run[i].x), y.getPixelForValue(run[i].low));
      ctx.fill();
    }
  });
}

/** The extremes {x, low, high}, each two thin dashes as long as a point is wide. */
export function drawExtremes(chart, { marks, colour }, limit) {
  const { x, y } = chart.scales;
  const width = Math.max(LEAST_DASH, ((x.getPixelForValue(x.min + limit) - x.getPixelForValue(x.min)) / 1.5) * DASH_SHARE);
  clipped(chart, (ctx) => {
    ctx.fillStyle = colour;
    ctx.globalAlpha = EXTREME_ALPHA;
    for (const mark of marks) {
      const left = x.getPixelForValue(mark.x) - width / 2;
      for (const value of [mark.low, mark.high]) ctx.fillRect(left, Math.round(y.getPixelForValue(value)), width, 1);
    }
  });
}

/** The earlier span: a thin grey line. */
export function drawGhost(chart, points, limit, colours) {
  const { x, y } = chart.scales;
  clipped(chart, (ctx) => {
    ctx.strokeStyle = colours.muted;
    ctx.lineWidth = 1;
    for (const run of runs(points, limit)) {
      ctx.beginPath();
      for (const point of run) ctx.lineTo(x.getPixelForValue(point.x), y.getPixelForValue(point.y));
      ctx.stroke();
    }
  });
}

/** What is being selected: a plain veil with two edges. */
export function drawSelection(chart, { start, end }, colours) {
  const { x } = chart.scales;
  const [left, right] = [x.getPixelForValue(start), x.getPixelForValue(end)];
  clipped(chart, (ctx) => {
    const { top, bottom } = chart.chartArea;
    ctx.fillStyle = colours.text;
    ctx.globalAlpha = 0.12;
    ctx.fillRect(left, top, right - left, bottom - top);
    ctx.globalAlpha = 0.7;
    for (const edge of [left, right]) ctx.fillRect(edge - 0.5, top, 1, bottom - top);
  });
}
