// Zooms and pans the span that is shown: by the pointer, the wheel, the keys and the links of the page.

import { slot } from "../page/element.js";
import { absolute, parseRange } from "../page/range.js";
import { linkAlerts } from "./alertlinks.js";
import { atLeastAMinute, navigate, navigateBody } from "./navigate.js";
import { clamped, depth, panned, scaled } from "./zoom.js";

// There is no later than now.
const LATEST_MS = 1000;

export class Steering {
  /** @param {Explorer} explorer whose span it changes */
  constructor(explorer) {
    this.explorer = explorer;
  }

  /** The keys and links of the page. */
  wirePage() {
    document.addEventListener("click", (event) => this.#followLink(event));
    navigateBody((share) => this.pan(share));
  }

  /** A link of this page that only names a range is followed without leaving it. */
  #followLink(event) {
    const link = event.target.closest?.("a[data-range]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const { range } = parseRange(new URL(link.href).search);
    if (range.kind === "absolute") this.look(range);
    else this.explorer.go(range, { zoom: true });
    slot("charts").scrollIntoView({ block: "start" });
  }

  /** Zoom and pan on the box of a chart of the dashboard, and the way to its alerts. */
  wire(kind) {
    const part = this.explorer.dashboard.charts.part(kind);
    if (!part) return;
    this.steer(part);
    const { dashboard, page } = this.explorer;
    linkAlerts(part.box, part.chart, { kind, metrics: dashboard.model.words.metrics, url: page.urls.alert, view: () => dashboard.charts.view });
  }

  /** Zoom and pan on the box of any chart that shows the same span: {box, chart}. */
  steer({ box, chart }) {
    navigate(box, chart, {
      select: (span) => this.explorer.dashboard.charts.select(span),
      zoomTo: (span) => this.look(atLeastAMinute(span)),
      zoom: (factor) => this.zoom(factor),
      pan: (share) => this.pan(share),
      out: () => this.#out(),
    });
    box.addEventListener("dblclick", () => this.#out());
  }

  /** One deeper: a span, as far as it is over. */
  look(span) {
    this.explorer.go(absolute(clamped(span, this.explorer.now)), { zoom: true });
  }

  /** One deeper, around the cursor; `factor` below 1 looks closer. */
  zoom(factor) {
    const { bounds, dashboard, now } = this.explorer;
    this.explorer.go(absolute(scaled(bounds, factor, now, dashboard.charts.at ?? undefined)), { zoom: true });
  }

  /** By a share of the span, forth or (below 0) back. */
  pan(share) {
    const { range, bounds, now } = this.explorer;
    const fresh = range.kind !== "absolute";
    if (share > 0 && (fresh || range.end >= now - LATEST_MS)) return;
    this.explorer.go(absolute(panned(bounds, share, now)), { zoom: fresh, replace: !fresh });
  }

  /** One zoom back; without one, twice as wide. */
  #out() {
    const { range, bounds, now } = this.explorer;
    if (depth(history.state) > 0) history.back();
    else if (range.kind === "absolute") this.explorer.go(absolute(scaled(bounds, 2, now)), { replace: true });
  }
}
