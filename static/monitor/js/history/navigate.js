// Drag on a chart to zoom; Shift with arrows, plus, minus and Escape do it by keyboard. Arrows pan where nothing has the focus.

import { LEAST_SPAN } from "../page/range.js";
import { selected } from "./zoom.js";

const DRAG_PIXELS = 6;
const STEP = 0.25;
const ARROWS = Object.freeze({ __proto__: null, ArrowLeft: -STEP, ArrowRight: STEP });

function inside(chart, pixel) {
  return Math.min(chart.area.right, Math.max(chart.area.left, pixel));
}

/** Wires one chart's box; `on` is {select, zoomTo, zoom, pan, out}. */
export function navigate(box, chart, on) {
  let from = null;
  let dragging = false;
  const pixel = (event) => inside(chart, event.clientX - chart.canvas.getBoundingClientRect().left);
  const span = (event) => selected(chart.timeAt(from), chart.timeAt(pixel(event)));
  const end = () => {
    from = null;
    if (dragging) on.select(null);
    dragging = false;
  };
  box.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    from = pixel(event);
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    if (from === null) return;
    dragging ||= Math.abs(pixel(event) - from) > DRAG_PIXELS;
    if (dragging) on.select(span(event));
  });
  box.addEventListener("pointerup", (event) => {
    const wanted = dragging ? span(event) : null;
    end();
    if (wanted) on.zoomTo(wanted);
  });
  box.addEventListener("pointercancel", end);
  box.addEventListener("lostpointercapture", end);
  box.addEventListener("keydown", (event) => {
    if (event.target !== box || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && from !== null) end();
    else if (!pressed(event, on)) return;
    event.preventDefault();
  });
}

/** The share of the span to pan by when a key is pressed while nothing has the focus; null for any other key. */
export function bodyPan({ key, ctrlKey, metaKey, altKey, defaultPrevented }) {
  return ctrlKey || metaKey || altKey || defaultPrevented ? null : ARROWS[key] ?? null;
}

/** Pans by the arrow keys while nothing has the focus. */
export function navigateBody(pan) {
  document.addEventListener("keydown", (event) => {
    const share = [document.body, document.documentElement].includes(event.target) ? bodyPan(event) : null;
    if (share === null) return;
    event.preventDefault();
    pan(share);
  });
}

function pressed({ key, shiftKey }, on) {
  const acts = { "+": () => on.zoom(0.5), "=": () => on.zoom(0.5), "-": () => on.zoom(2), _: () => on.zoom(2), Escape: () => on.out() };
  if (shiftKey && key in ARROWS) on.pan(ARROWS[key]);
  else if (acts[key]) acts[key]();
  else return false;
  return true;
}

/** A selection as a span of at least a minute around its middle. */
export function atLeastAMinute({ start, end }) {
  if (end - start >= LEAST_SPAN) return { start, end };
  const middle = (start + end) / 2;
  return { start: middle - LEAST_SPAN / 2, end: middle + LEAST_SPAN / 2 };
}
