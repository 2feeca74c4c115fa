"""What a test reads off the dashboard: what is drawn, what is written, how it looks."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

SERIES = {"cpu_percent": ("cpu", 0), "load1": ("load", 0), "load5": ("load", 1), "load15": ("load", 2)}

# Notes every text and every pale rectangle that is drawn on a canvas; to be added before the page loads.
NOTE_DRAWING = """
globalThis.drawn = { texts: new Set(), bands: [] };
const { fillText, fillRect } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  drawn.texts.add(String(text));
  return fillText.call(this, text, ...rest);
};
CanvasRenderingContext2D.prototype.fillRect = function (x, y, width, height) {
  if (this.globalAlpha < 0.2) drawn.bands.push([this.canvas, x, x + width]);
  return fillRect.call(this, x, y, width, height);
};
"""

# Keeps all that was announced, since the next words replace the ones before; to be added before the page loads.
NOTE_ANNOUNCEMENTS = """
globalThis.announced = [];
new MutationObserver((changes) => {
  for (const { target } of changes) {
    const announcer = (target.closest ? target : target.parentElement)?.closest('[data-slot$="announcer"]');
    if (announcer?.textContent) announced.push(announcer.textContent);
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


def slot(page: Page, name: str) -> Locator:
    """The element with this data-slot; the visible one where there are several."""
    return page.locator(f'[data-slot="{name}"]')


def chip(page: Page) -> Locator:
    """The connection chip; its data-state tells the state."""
    return slot(page, "chip")


def value(page: Page, tile: str) -> Locator:
    """The figure of a tile."""
    return page.locator(f'[data-tile="{tile}"] .value')


def points(page: Page, name: str = "cpu_percent") -> list[tuple[int, float]]:
    """The points (time, value) of one series as the chart holds them."""
    found = page.evaluate(
        """([kind, index]) => Chart.getChart(document.querySelector(`[data-chart="${kind}"] canvas`))
             .data.datasets[index].data.map(({ x, y }) => [x, y])""",
        SERIES[name],
    )
    return [(at, number) for at, number in found]


def is_hidden(page: Page, name: str) -> bool:
    """Whether the chart leaves a series out."""
    found = page.evaluate(
        """([kind, index]) => Chart.getChart(document.querySelector(`[data-chart="${kind}"] canvas`))
             .data.datasets[index].hidden""",
        SERIES[name],
    )
    return bool(found)


def wait_for_point_after(page: Page, at: int) -> None:
    """Wait until the CPU chart holds a point later than `at`."""
    page.wait_for_function(
        """(at) => Chart.getChart(document.querySelector('[data-chart="cpu"] canvas'))
             .data.datasets[0].data.at(-1).x > at""",
        arg=at,
    )


def drawn_texts(page: Page) -> list[str]:
    """Every text that was drawn since NOTE_DRAWING began to listen."""
    found: list[str] = page.evaluate("() => [...drawn.texts]")
    return found


def drawn_bands(page: Page, kind: str = "cpu") -> list[list[int]]:
    """Begin and end, in ms, of the bands that were drawn on a chart since NOTE_DRAWING began to listen."""
    found: list[list[int]] = page.evaluate(
        """(kind) => {
             const canvas = document.querySelector(`[data-chart="${kind}"] canvas`);
             const { x } = Chart.getChart(canvas).scales;
             return drawn.bands.filter(([on]) => on === canvas)
               .map(([, left, right]) => [x.getValueForPixel(left), x.getValueForPixel(right)]);
           }""",
        kind,
    )
    return found


def style(locator: Locator, name: str) -> str:
    """One computed style."""
    found: str = locator.evaluate("(node, name) => getComputedStyle(node)[name]", name)
    return found


def width(page: Page) -> int:
    """How wide the content of the page is."""
    found: int = page.evaluate("() => document.documentElement.scrollWidth")
    return found
