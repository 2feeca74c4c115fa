"""What the open dashboard costs the browser: its main thread at one sample a second, and one update of a chart."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import CDPSession, Page, expect, sync_playwright

from tests.bench.paint import FILL
from tests.bench.table import Row, at_most, percentile, spread
from tests.browser.conftest import FLAGS, chromium_executable
from tests.stages.servers import Site

SHARE_GOAL, UPDATE_GOAL_MS = 3.0, 5.0
PARTS = {"TaskDuration": "all of it", "ScriptDuration": "scripts", "LayoutDuration": "layout",
         "RecalcStyleDuration": "styles"}  # fmt: skip
SIZE = {"width": 1280, "height": 1200}  # all three charts are in sight, so that all are drawn

# One chart of four series, fed as the page feeds its own: a sample comes, and all is drawn anew.
UPDATES = """async (count) => {
  const path = (name) => performance.getEntriesByType("resource").map((entry) => entry.name)
    .find((url) => new RegExp(`/js/${name}(\\\\.[0-9a-f]+)?\\\\.js$`).test(url));
  const { TimeChart } = await import(path("charts/chart"));
  const { Ring } = await import(path("charts/ring"));
  const { palette } = await import(path("charts/palette"));
  const box = document.createElement("div");
  box.style.cssText = "position: fixed; inset: 0 auto auto 0; width: 1200px; height: 300px";
  const canvas = box.appendChild(document.createElement("canvas"));
  document.body.append(box);
  const series = ["cpu", "load1", "load5", "load15"].map((colour) => ({ name: colour, colour, dash: [], width: 2 }));
  const chart = new TimeChart({ canvas, series, panel: {} });
  chart.paint(palette());
  const ring = new Ring(1199000, series.map(({ name }) => name));
  const wave = (i, n) => 50 + 40 * Math.sin(i / 60 + n) + (i * 7919 % 1000) / 100;
  const none = { hidden: [], alerts: [], tests: [], lines: [], cursor: null };
  const add = (i) => ring.add({ id: i, at: i * 1000, covered_ms: 1000,
    values: Object.fromEntries(series.map(({ name }, n) => [name, wave(i, n)])) });
  const took = [];
  for (let i = 1; i <= 1200 + count; i += 1) {
    add(i);
    if (i <= 1200) continue;
    const began = performance.now();
    chart.show({ source: ring, start: (i - 1200) * 1000, end: i * 1000, limit: 5000, ...none });
    took.push(performance.now() - began);
    if (i % 10 === 0) await new Promise((done) => requestAnimationFrame(done));
  }
  const points = ring.samples.length;
  box.remove();
  return { took, points };
}"""


def measure(quick: bool) -> list[Row]:
    """The share of its main thread that a live page uses, and the milliseconds of one update."""
    rounds, seconds, count = (2, 5.0, 60) if quick else (3, 10.0, 300)
    with Site(LOADMON_INTERVAL="1") as site, sync_playwright() as playwright:
        site.manage("collectstatic", "-v0", "--noinput", "--skip-checks")
        site.shell(FILL)
        site.start_web()
        site.start_sampler()
        browser = playwright.chromium.launch(executable_path=chromium_executable(), args=FLAGS)
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        page.goto(site.url)
        expect(page.locator('[data-slot="chip"]')).to_have_attribute("data-state", "live", timeout=30_000)
        used = _shares(page, rounds, seconds)
        updates = page.evaluate(UPDATES, count)
        browser.close()
    assert updates["points"] == 1200, f"the chart had {updates['points']} points"
    return [*_share_rows(used), *_update_rows(updates["took"])]


def _shares(page: Page, rounds: int, seconds: float) -> dict[str, list[float]]:
    """For each part of the main thread's work the percent of one core, in `rounds` rounds.

    Counted in CPU time, as the other processes are: what else the machine does is no cost of the page.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    time.sleep(seconds)
    used: dict[str, list[float]] = {name: [] for name in PARTS}
    for _ in range(rounds):
        before, began = _metrics(session), time.monotonic()
        page.wait_for_timeout(seconds * 1000)
        after, took = _metrics(session), time.monotonic() - began
        for name in PARTS:
            used[name].append((after[name] - before[name]) / took * 100)
    return used


def _metrics(session: CDPSession) -> dict[str, float]:
    answer: dict[str, Any] = session.send("Performance.getMetrics")
    return {metric["name"]: metric["value"] for metric in answer["metrics"]}


def _share_rows(used: dict[str, list[float]]) -> list[Row]:
    whole = at_most(
        "page at 1 Hz: CPU of its main thread, of one core", used["TaskDuration"], SHARE_GOAL, "%"
    )
    return [
        whole,
        *(Row(f"  of that: {words}", spread(used[name], "%")) for name, words in list(PARTS.items())[1:]),
    ]


def _update_rows(took: list[float]) -> list[Row]:
    what = "one chart update, 4 series of 1,200 points"
    return [
        at_most(f"{what}: median of {len(took)}", [percentile(took, 50)], UPDATE_GOAL_MS, "ms", 1),
        Row(f"{what}: p95", f"{percentile(took, 95):.1f} ms"),
    ]
