"""A real loadmon, a real Chromium, and pages of which every console line and request is judged."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.mould import Cast, Mould, make_mould
from tests.browser.watching import Record
from tests.stages.servers import ROOT

ARTIFACTS = ROOT / "test-artifacts"
PATIENCE_MS = 20_000
FAILED = pytest.StashKey[bool]()
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip


def chromium_executable() -> str:
    """Where Chromium is; FileNotFoundError with a sentence where it is not."""
    wanted = os.environ.get("LOADMON_TEST_CHROMIUM")
    names = [wanted] if wanted else ["/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"]
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError(f"no Chromium ({' or '.join(names)}). Set LOADMON_TEST_CHROMIUM.")
    return str(found)


def _chromium_path() -> str:
    """Where Chromium is; its absence is a loud skip, and a failure in CI."""
    try:
        return chromium_executable()
    except FileNotFoundError as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{error} The browser tests did NOT run.")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser to drive."""
    return _chromium_path()


@pytest.fixture(scope="session")
def mould(chromium_path: str) -> Iterator[Mould]:
    """What every site is cast from."""
    if not (ROOT / "static/vendor/chart.umd.min.js").exists():
        pytest.fail("Chart.js is missing: run `manage.py vendor` (make test does).")
    with make_mould() as made:
        yield made


@pytest.fixture(scope="session")
def still(mould: Mould) -> Iterator[Cast]:
    """A web server over 20 stored minutes, without a sampler; what tests write must not bother the others."""
    with Cast(mould) as site:
        site.start_web()
        yield site


@pytest.fixture(scope="module")
def site(still: Cast) -> Cast:
    """The still site, its newest sample of now; modules that need more make their own."""
    still.freshen()
    return still


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """One browser a module: its event loop must be gone before any other test runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


class Tabs:
    """Opens pages, each in a context of its own, and judges them together at the end."""

    def __init__(self, site: Cast, browser: Browser) -> None:
        self.record = Record(f"127.0.0.1:{site.port}")
        self._site = site
        self._browser = browser

    def __call__(self, who: str | None = None, **options: Any) -> Page:
        """A page for `who`, logged in already, or for nobody."""
        context = self._browser.new_context(base_url=self._site.url, **{"reduced_motion": "reduce"} | options)
        context.set_default_timeout(PATIENCE_MS)
        self.record.watch(context)
        if who is not None:
            context.add_cookies([self._site.cookie(who)])  # type: ignore[list-item]
        return context.new_page()

    def allow(self, pattern: str) -> None:
        """Expect console lines or failures that match `pattern`."""
        self.record.allow(pattern)

    def save(self, name: str) -> None:
        """Keep pictures, logs and what the pages said."""
        ARTIFACTS.mkdir(exist_ok=True)
        pages = [page for context in self._browser.contexts for page in context.pages]
        for number, page in enumerate(pages):
            page.screenshot(path=ARTIFACTS / f"{name}-{number}.png", full_page=True)
        for log in self._site.data.glob("*.log"):
            shutil.copy(log, ARTIFACTS / f"{name}-{log.name}")
        Path(ARTIFACTS / f"{name}-record.txt").write_text("\n".join(self.record.lines))

    def close(self) -> None:
        """Close every page."""
        for context in self._browser.contexts:
            context.close()


@pytest.fixture
def tabs(site: Cast, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Tabs]:
    """Pages of the module's site; afterwards nothing may have gone wrong in any of them."""
    made = Tabs(site, chromium)
    yield made
    try:
        if request.node.stash.get(FAILED, False) or made.record.problems():
            made.save(re.sub(r"\W+", "-", request.node.name).strip("-")[:80])
    finally:
        made.close()
    assert made.record.problems() == []


@pytest.fixture
def page(tabs: Tabs) -> Page:
    """A page for nobody in particular, not yet at any address."""
    return tabs()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Let fixtures know that their test failed."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report
