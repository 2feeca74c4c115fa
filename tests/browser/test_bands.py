"""Above a week: the band of how it mostly was, its words, and the strip of the hours above the cores by day."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import PHONE, THEMES, violations
from tests.browser.reading import slot, width
from tests.browser.test_history import BOUNDS, DAY_MS, look, site

__all__ = ["look", "site"]

pytestmark = pytest.mark.browser
BAND = '[data-chart="cpu"] .legend .band'
DAYS = '[data-slot="days"] a'


def test_above_a_week_the_band_is_how_it_mostly_was_and_everything_says_so(look):
    page = look("&range=9d")
    expect(page.locator(BAND)).to_have_text("5–95 % of the time, thin: extremes")
    expect(slot(page, "span-text")).to_contain_text("band of 5–95 % of the time in 6-h windows")
    panel = page.locator('[data-chart="cpu"]')
    panel.get_by_role("button", name="Save CPU").click()
    address = slot(panel, "save-csv").get_attribute("href") or ""
    assert "percentiles=yes" in address
    assert page.request.get(address).text().splitlines()[0] == (
        "time,at_ms,cpu_percent_mean,cpu_percent_low,cpu_percent_high,cpu_percent_p5,cpu_percent_p95"
    )
    page.keyboard.press("Escape")
    page.locator('[data-slot="twin"] summary').click()
    cell = slot(page, "twin-rows").locator(".mostly").first
    expect(cell).to_have_text(re.compile(r"\([\d.]+ % – [\d.]+ %\)"))
    page.locator('input[value="24h"]').check()
    expect(page.locator(BAND)).to_have_text("lowest to highest")
    expect(slot(page, "twin-rows").locator(".mostly")).to_have_count(0)
    expect(slot(page, "days")).to_be_hidden()


def test_the_strip_names_each_day_and_opens_it_by_keyboard_and_by_click(look):
    page = look("&range=9d")
    days = page.locator(DAYS)
    expect(days.first).to_be_visible()
    assert days.count() in (9, 10)
    expect(slot(page, "days")).to_contain_text(re.compile("bove the cores"))
    assert page.locator(f'{DAYS}[tabindex="0"]').count() == 1
    page.locator(f'{DAYS}[tabindex="0"]').focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    words = page.evaluate("() => document.activeElement.getAttribute('aria-label')")
    assert re.match(r"\w{3} \d+ \w+ \d{4}: \d+ of \d+ h above the cores", words)
    expect(slot(page, "days")).to_contain_text(words)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"start=[^&]+T00:00:00Z&end=[^&]+T00:00:00Z"))
    page.wait_for_function(f"() => {{ const [start, end] = ({BOUNDS})(); return end - start === {DAY_MS}; }}")
    page.go_back()
    expect(days.first).to_be_visible()
    days.nth(3).click()
    expect(page).to_have_url(re.compile(r"start=[^&]+T00:00:00Z&end=[^&]+T00:00:00Z"))


@THEMES
def test_the_strip_of_a_year_fits_a_phone_and_axe_holds_nothing_against_it(look, theme):
    page = look("&range=1y", PHONE, color_scheme=theme)
    expect(page.locator('.days-cells[data-shape="months"] a').first).to_be_visible()
    assert width(page) <= 360
    assert violations(page) == []


def test_a_strip_that_cannot_be_had_says_so(look, tabs):
    tabs.allow("busydays")
    page = look("")
    page.route("**/api/v1/busydays?**", lambda route: route.fulfill(status=500, body="{}"))
    page.locator('input[value="30d"]').check()
    expect(slot(page, "days")).to_contain_text("The hours above the cores cannot be told")
