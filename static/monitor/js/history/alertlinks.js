// From the mark of an alert at the top of a chart to its page, by one click.

import { alertBands, bandsAt } from "../charts/bands.js";
import { addressOf } from "../page/addresses.js";

const REACH_PIXELS = 5;
/** As high as a finger is wide: the mark itself is but a stroke. */
const HEIGHT_PIXELS = 24;
const DRAG_PIXELS = 6;

/** The words over a mark: what the first of the alerts is, and how many more there are. */
export function markWords([first, ...more]) {
  const others = more.length ? `, and ${more.length} more at this time` : "";
  return `Open the alert "${first.rule}: ${first.condition}"${others}`;
}

/** Wires the box of one chart; `room`: {kind, metrics, url: address of an alert's page, view(): what the charts show}. */
export function linkAlerts(box, chart, room) {
  let pressed = null;
  const found = (event) => {
    const { left, top } = chart.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const { area } = chart;
    const view = room.view();
    if (!view || x < area.left || x > area.right || y < area.top - REACH_PIXELS || y > area.top + HEIGHT_PIXELS) return [];
    const slack = Math.abs(chart.timeAt(area.left + REACH_PIXELS) - chart.timeAt(area.left));
    return bandsAt(alertBands(view.episodes, room.kind, view.now, room.metrics), chart.timeAt(x), slack)
      .map(({ id }) => view.episodes.find((alert) => alert.id === id));
  };
  box.addEventListener("pointermove", (event) => {
    const alerts = event.buttons ? [] : found(event);
    box.classList.toggle("over-alert", alerts.length > 0);
    box.title = alerts.length ? markWords(alerts) : "";
  });
  box.addEventListener("pointerdown", ({ clientX }) => {
    pressed = clientX;
  });
  box.addEventListener("click", (event) => {
    const [first] = pressed !== null && Math.abs(event.clientX - pressed) > DRAG_PIXELS ? [] : found(event);
    if (first) location.assign(addressOf(room.url, first.id));
  });
}
