"""The page before any sampler has ever run, and how it comes alive by itself."""

import pytest
from playwright.sync_api import expect

from tests.browser.mould import Cast
from tests.browser.reading import chip, points, value, wait_for_point_after

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def site(mould):
    """An installation in which no sampler has run yet."""
    with Cast(mould, LOADMON_INTERVAL="0.2") as site:
        for table in ("transition", "alert", "loadtest", "sample", "host"):
            site.execute(f"delete from monitor_{table}")
        site.start_web()
        yield site


def test_the_page_waits_and_comes_alive_without_a_hand_on_it(site, page):
    page.goto("/")
    expect(page.get_by_role("heading", name="Waiting for the first sample")).to_be_visible()
    expect(page.locator("main")).to_contain_text("manage.py runsampler")
    expect(chip(page)).to_contain_text("Waiting")
    site.start_sampler()
    expect(chip(page)).to_have_attribute("data-state", "live")
    expect(value(page, "cpu")).to_contain_text("%")
    wait_for_point_after(page, points(page)[-1][0])
