// A Chart.js plugin of our own: bands, hatched gaps, threshold lines, lone points, the cursor.

import { drawArea, drawExtremes, drawGhost, drawSelection } from "./bands_drawing.js";
import { Labels } from "./labels.js";
import { lasting, widest } from "./stacking.js";

const BAND_ALPHA = 0.13;
// What is narrower is a mark at the edge: a column of one pixel says no more, and a hundred of them are noise.
const LEAST_BAND = 3;
const LABEL_ROOM = 18;
/** Of the stroke at the top of an alert's band, by which its page is opened. */
const MARK_HEIGHT = 4;

/** Draws on each frame what `marks()` returns: {gaps, tests, alerts, lines, lone, areas, ghost, limit, selection, cursor, colours}. */
export function marksPlugin(marks) {
  return {
    id: "marks",
    beforeDatasetsDraw(chart) {
      const all = marks();
      for (const band of all.tests) drawTest(chart, band, all.colours);
      for (const band of all.alerts) drawAlert(chart, band, all.colours);
      for (const gap of all.gaps) drawGap(chart, gap, all.colours);
      for (const area of all.areas) drawArea(chart, area, all.limit);
      for (const area of all.areas) if (area.marks?.length) drawExtremes(chart, area, all.limit);
      if (all.ghost.length) drawGhost(chart, all.ghost, all.limit, all.colours);
    },
    afterDatasetsDraw(chart) {
      const all = marks();
      const labels = new Labels(chart.ctx, all.colours);
      for (const area of all.areas) if (area.text) labelLayer(chart, area, labels, all.colours);
      drawLines(chart, all.lines, all.colours, labels);
      for (const band of all.tests) labelTest(chart, band, labels);
      for (const gap of all.gaps) labelGap(chart, gap, labels);
      for (const dot of all.lone) drawDot(chart, dot, 2.5, all.colours);
      if (all.selection) drawSelection(chart, all.selection, all.colours);
      if (all.cursor) drawCursor(chart, all.cursor, all.colours);
    },
  };
}

function box({ chartArea, scales }, { start, end }) {
  const left = Math.max(chartArea.left, scales.x.getPixelForValue(start));
  const right = Math.min(chartArea.right, scales.x.getPixelForValue(end));
  return { left, width: Math.max(right - left, 1), top: chartArea.top, height: chartArea.bottom - chartArea.top };
}

function within({ ctx }, area, draw) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(area.left, area.top, area.width, area.height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

function drawAlert(chart, band, colours) {
  const area = box(chart, band);
  const { ctx } = chart;
  ctx.save();
  ctx.fillStyle = colours[band.severity] || colours.warning;
  if (area.width < LEAST_BAND) {
    ctx.fillRect(area.left, area.top, 2, MARK_HEIGHT + 2);
  } else {
    ctx.globalAlpha = BAND_ALPHA;
    ctx.fillRect(area.left, area.top, area.width, area.height);
    ctx.globalAlpha = 1;
    ctx.fillRect(area.left, area.top, area.width, MARK_HEIGHT);
  }
  ctx.restore();
}

function drawTest(chart, band, colours) {
  const area = box(chart, band);
  within(chart, area, (ctx) => {
    ctx.fillStyle = colours.text;
    ctx.globalAlpha = 0.06;
    ctx.fillRect(area.left, area.top, area.width, area.height);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colours.axis;
    ctx.fillRect(area.left, area.top + area.height - 2, area.width, 2);
  });
}

function drawGap(chart, gap, colours) {
  const area = box(chart, gap);
  if (area.width < LEAST_BAND) {
    chart.ctx.fillStyle = colours.axis;
    chart.ctx.fillRect(area.left, area.top + area.height - 6, 2, 6);
    return;
  }
  within(chart, area, (ctx) => {
    ctx.strokeStyle = colours.axis;
    ctx.globalAlpha = gap.kind === "before" || gap.kind === "empty" ? 0.22 : 0.5;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (let x = area.left - area.height; x < area.left + area.width; x += 8) {
      ctx.moveTo(x, area.top + area.height);
      ctx.lineTo(x + area.height, area.top);
    }
    ctx.stroke();
  });
}

/** The name of a layer where it is thickest, if all of the name lies in it. */
function labelLayer({ chartArea, scales: { x, y } }, { ranges, text }, labels, colours) {
  const at = widest(ranges);
  const width = labels.width(text);
  if (!at || width > chartArea.right - chartArea.left) return;
  const left = Math.min(chartArea.right - width, Math.max(chartArea.left, x.getPixelForValue(at.x) - width / 2));
  const room = lasting(ranges, x.getValueForPixel(left), x.getValueForPixel(left + width));
  if (!room) return;
  const [top, bottom] = [y.getPixelForValue(room.high), y.getPixelForValue(room.low)];
  if (bottom - top >= LABEL_ROOM) labels.write(text, { left, width, tops: [(top + bottom) / 2 - 8], colour: colours.text });
}

function labelTest(chart, band, labels) {
  const area = box(chart, band);
  const bottom = area.top + area.height;
  labelBand(labels, "load test", area, [bottom - 21, bottom - 38]);
}

function labelGap(chart, gap, labels) {
  const area = box(chart, gap);
  const tops = [1 / 2, 1 / 3, 2 / 3, 1 / 5, 4 / 5].map((share) => area.top + area.height * share - 8);
  for (const text of [gap.text, gap.short ?? "no data"]) if (labelBand(labels, text, area, tops)) return;
}

/** Text in the middle of a band; false, and nothing written, where the band is too narrow for it. */
function labelBand(labels, text, area, tops) {
  const width = labels.width(text);
  if (width > area.width) return false;
  labels.write(text, { left: area.left + (area.width - width) / 2, width, tops });
  return true;
}

function drawLines({ ctx, chartArea, scales }, lines, colours, labels) {
  ctx.save();
  ctx.lineWidth = 1;
  ctx.setLineDash([5, 4]);
  let free = Infinity;
  for (const line of lines) {
    const y = scales.y.getPixelForValue(line.value);
    if (y < chartArea.top - 1 || y > chartArea.bottom) continue;
    ctx.strokeStyle = colours[line.severity] || colours.axis;
    ctx.beginPath();
    ctx.moveTo(chartArea.left, y);
    ctx.lineTo(chartArea.right, y);
    ctx.stroke();
    if (free - y < 15) continue;
    const tops = y - chartArea.top < 15 ? [y + 1] : [y - 17, y + 1];
    labels.write(line.text, { left: chartArea.left + 2, tops, colour: colours[line.severity] || colours.muted });
    free = y;
  }
  ctx.restore();
}

function drawDot({ ctx, scales }, { x, y, colour }, radius, colours) {
  ctx.save();
  ctx.beginPath();
  ctx.arc(scales.x.getPixelForValue(x), scales.y.getPixelForValue(y), radius, 0, 2 * Math.PI);
  ctx.fillStyle = colour;
  ctx.strokeStyle = colours.panel;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  ctx.fill();
  ctx.restore();
}

function drawCursor(chart, { at, dots }, colours) {
  const { ctx, chartArea, scales } = chart;
  const x = scales.x.getPixelForValue(at);
  if (x < chartArea.left || x > chartArea.right) return;
  ctx.save();
  ctx.strokeStyle = colours.text;
  ctx.globalAlpha = 0.6;
  ctx.beginPath();
  ctx.moveTo(x, chartArea.top);
  ctx.lineTo(x, chartArea.bottom);
  ctx.stroke();
  ctx.restore();
  for (const dot of dots) drawDot(chart, dot, 3.5, colours);
}
