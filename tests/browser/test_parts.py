"""Which disk filled, and since when: each part by itself on the dashboard, and the very disk on the page of its alert."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DESKTOP, PHONE, violations
from tests.browser.mould import Cast
from tests.browser.reading import chip, slot, width

pytestmark = pytest.mark.browser

# Two file systems of an hour: one full and still, one that fills from 30 % on to 92 %; and the alert on the latter.
STOCK = """
import time
from django.db import transaction
from monitor.metrics.parts import Kind, Part, PartAccount, PartUsed
from monitor.models import Host, Sample
from monitor.usage import parts
from tests import factories as make

now = time.time_ns() // 1_000_000
host = Host.objects.get(name="testhost")
Sample.objects.filter(host=host).update(disk_fullest_percent=97.0)
first = now // 60_000 - 60
def full(minute, name, percent):
    used = PartUsed(60_000, 6000 * percent, 600_000, 100 * percent)
    return PartAccount(first + minute, Part(Kind.FILE_SYSTEM, name), used)
rows = [full(minute, "/backup", 97) for minute in range(60)]
rows += [full(minute, "/srv", 30 + max(0, minute - 28) * 2) for minute in range(60)]
with transaction.atomic():
    parts.add(host, rows)
member = dict(name="/srv", value=92.0, gone_at=None, is_back=False, adds_up=False)
print(make.make_alert(host, now - 120_000, metric="disk_fullest_percent", rule_name="Disk full", threshold=90.0,
                      clear_threshold=87.0, value=92.0, peak=92.0, members=[member]).pk)
"""
CHART = '[data-chart="space"]'
DRAWN = f"""() => Chart.getChart(document.querySelector('{CHART} canvas')).data.datasets[0].data
                .filter(({{ y }}) => Number.isFinite(y)).map(({{ y }}) => Math.round(y))"""


@pytest.fixture(scope="module")
def site(mould):
    """An installation of its own: its disks are not those of others."""
    with Cast(mould) as site:
        site.full = int(site.shell(STOCK).splitlines()[-1])
        site.start_web()
        yield site


def test_which_disk_filled_and_since_when_takes_two_clicks(tabs):
    page = tabs(viewport=DESKTOP)
    page.goto("/?host=testhost")
    expect(chip(page)).to_be_visible()
    page.get_by_role("button", name="File systems", exact=True).click()
    page.locator(CHART).scroll_into_view_if_needed()
    page.wait_for_function(f"() => ({DRAWN})().length > 100")
    choice = page.get_by_label("The fullest or one")
    expect(choice.locator("option")).to_have_text(["The fullest", "/backup, 97.0 %", "/srv, 92.0 %"])
    choice.select_option("/srv")
    page.wait_for_function(f"() => ({DRAWN})().includes(60) && ({DRAWN})().length < 30")
    said = page.locator(f"{CHART} canvas").get_attribute("aria-label")
    assert "/srv" in said
    expect(slot(page, "part-words")).to_have_text(
        re.compile(r"in use\. Filling since before this span: from 5\d\.0 % to 92\.0 %\.$")
    )
    expect(page).to_have_url(re.compile("space=/srv$"))
    choice.select_option("")
    page.wait_for_function(f"() => ({DRAWN})().length > 100")
    expect(slot(page, "part-words")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("space=/srv"))


@pytest.mark.parametrize(("theme", "size"), [("light", DESKTOP), ("dark", PHONE)], ids=["desktop", "phone"])
def test_the_choice_follows_the_range_by_keyboard_and_axe_finds_nothing(tabs, theme, size):
    page = tabs(color_scheme=theme, viewport=size)
    page.goto("/?host=testhost&range=1h&charts=space")
    choice = page.get_by_label("The fullest or one")
    expect(choice).to_be_visible()
    choice.focus()
    for letter in "/srv":
        choice.press(letter)
    page.wait_for_function(f"() => ({DRAWN})().includes(30) && ({DRAWN})().includes(90)")
    assert violations(page) == []
    assert width(page) <= size["width"]


def test_the_page_of_an_alert_draws_the_disk_that_it_is_of(site, tabs):
    page = tabs(viewport=DESKTOP)
    page.goto(f"/alerts/{site.full}/")
    expect(page.locator("#chart-title")).to_contain_text("/srv, how full")
    drawn = """() => { const chart = Chart.getChart(document.querySelector('[data-slot="chart-box"] canvas'));
                       return chart.data.datasets[0].data.map(({ y }) => y).filter(Number.isFinite); }"""
    page.wait_for_function(f"() => ({drawn})().length > 5")
    assert max(page.evaluate(drawn)) <= 92.0


def test_from_the_page_of_an_alert_one_click_leads_to_the_long_past_of_its_disk(site, tabs):
    page = tabs(viewport=DESKTOP)
    page.goto(f"/alerts/{site.full}/")
    page.get_by_role("link", name="/srv over 30 days").click()
    expect(page.get_by_label("The fullest or one")).to_have_value("/srv")
    expect(slot(page, "part-words")).to_contain_text("Filling since")
    expect(page.locator(f"{CHART} .band")).to_have_text("mean to highest")
    page.reload()
    expect(page.get_by_label("The fullest or one")).to_have_value("/srv")


def test_an_open_alert_on_a_maximum_is_named_with_its_member_on_the_dashboard(tabs):
    page = tabs(viewport=DESKTOP)
    page.goto("/?host=testhost")
    expect(slot(page, "banner-lines")).to_contain_text("Fullest file system at 90 % or above, /srv")
