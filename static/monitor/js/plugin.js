// A Chart.js plugin of our own: bands, hatched gaps, threshold lines, lone points, the cursor.

import { drawArea, drawGhost, drawSelection } from "./areas.js";

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const BAND_ALPHA = 0.13;
// What is narrower is a mark at the edge: a column of one pixel says no more, and a hundred of them are noise.
const LEAST_BAND = 3;

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
      if (all.ghost.length) drawGhost(chart, all.ghost, all.limit, all.colours);
    },
    afterDatasetsDraw(chart) {
      const all = marks();
      drawLines(chart, all.lines, all.colours);
      for (const band of all.tests) labelTest(chart, band, all.colours);
      for (const gap of all.gaps) labelGap(chart, gap, all.colours);
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
    ctx.fillRect(area.left, area.top, 2, 5);
  } else {
    ctx.globalAlpha = BAND_ALPHA;
    ctx.fillRect(area.left, area.top, area.width, area.height);
    ctx.globalAlpha = 1;
    ctx.fillRect(area.left, area.top, area.width, 2);
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

function labelTest(chart, band, colours) {
  const area = box(chart, band);
  label(chart.ctx, "load test", area.left + area.width / 2, area.top + area.height - 13, area.width, colours);
}

function labelGap(chart, gap, colours) {
  const area = box(chart, gap);
  const centre = [area.left + area.width / 2, area.top + area.height / 2];
  for (const text of [gap.text, gap.short ?? "no data"]) if (label(chart.ctx, text, ...centre, area.width, colours)) return;
}

/** Text on a patch of the panel's colour; false, and nothing drawn, where the band is too narrow for it. */
function label(ctx, text, x, y, room, colours) {
  ctx.save();
  ctx.font = FONT;
  const width = ctx.measureText(text).width;
  if (width + 8 > room) {
    ctx.restore();
    return false;
  }
  ctx.globalAlpha = 0.9;
  ctx.fillStyle = colours.panel;
  ctx.fillRect(x - width / 2 - 4, y - 8, width + 8, 16);
  ctx.globalAlpha = 1;
  ctx.fillStyle = colours.muted;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, x, y);
  ctx.restore();
  return true;
}

function drawLines({ ctx, chartArea, scales }, lines, colours) {
  ctx.save();
  ctx.font = FONT;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  let free = Infinity;
  for (const line of lines) {
    const y = scales.y.getPixelForValue(line.value);
    if (y < chartArea.top - 1 || y > chartArea.bottom) continue;
    ctx.strokeStyle = colours[line.severity] || colours.axis;
    ctx.lineWidth = 1;
    ctx.setLineDash([5, 4]);
    ctx.beginPath();
    ctx.moveTo(chartArea.left, y);
    ctx.lineTo(chartArea.right, y);
    ctx.stroke();
    if (free - y < 15) continue;
    const below = y - chartArea.top < 15;
    const width = ctx.measureText(line.text).width;
    ctx.setLineDash([]);
    ctx.globalAlpha = 0.8;
    ctx.fillStyle = colours.panel;
    ctx.fillRect(chartArea.left + 3, below ? y + 2 : y - 15, width + 6, 14);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colours[line.severity] || colours.muted;
    ctx.textBaseline = below ? "top" : "bottom";
    ctx.fillText(line.text, chartArea.left + 6, below ? y + 3 : y - 2);
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
