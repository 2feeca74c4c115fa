"""The panel By what over time: who it was, in any span and at any moment, each alone, and where nothing is known."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DESKTOP, PHONE, THEMES, violations
from tests.browser.fakesocket import FakeSocket
from tests.browser.mould import EVIL, Cast
from tests.browser.reading import slot, wait_for_point_after, width

pytestmark = pytest.mark.browser

USAGE = "**/api/v1/usage?**"
RTL = "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET}"
LONG = "n" * 100
CORE = """() => { const { data } = Chart.getChart(document.querySelector('[data-slot="usage-box"] canvas'));
                  return data.datasets.map(({ data, borderColor }) => [data.length, borderColor]); }"""


def last_tuesday():
    """Tuesday, 3 o'clock, at least an hour ago and less than a week."""
    at = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0)
    while at.weekday() != 1 or at > datetime.now(UTC) - timedelta(hours=1):
        at -= timedelta(days=1)
    return at


# Runs in `manage.py shell` after `night`, `harmful = ...`. A quarter of an hour is told by one minute of it.
STORE = """
import time
from django.db import transaction
from monitor.hosts.models import Host
from monitor.metrics.usage import Account, Consumer, Kind, Used
from monitor.usage import storing

DAY = 86_400_000
now = int(time.time() * 1000)
steady = {
    Consumer(Kind.SERVICE, f"steady{i}.service"): Used(
        cpu_ms=6000 - 500 * i, highest_permille=150, memory_mib_s=6000, memory_highest_mib=100, read_kib=600 * i,
        written_kib=60, processes=2,
    )
    for i in range(6)
}
backup = {
    Consumer(Kind.SERVICE, "nightly-backup.service"): Used(
        cpu_ms=108_000, highest_permille=1900, memory_mib_s=60, read_kib=10**6
    )
}
hostile = {Consumer(Kind.PROGRAM, name, "anna"): Used(cpu_ms=9000, processes=1) for name in harmful}

def leak(start):
    held = 100 + 50 * ((start - now + 8 * DAY) // DAY)
    return {Consumer(Kind.PROGRAM, "leaky", "anna"): Used(cpu_ms=100, memory_mib_s=held * 60, memory_highest_mib=500)}

def store(host, start, used):
    busy = sum(one.cpu_ms for one in used.values())
    storing.add(host, Account(start, start + 60_000, 60_000, busy + 1000, 1000, used=used))

host, other = Host.objects.get(name="testhost"), Host.objects.get(name="hostile")
with transaction.atomic():
    for start in range((now - 8 * DAY) // 900_000 * 900_000, now - 1_800_000, 900_000):
        store(host, start, steady | leak(start) | (backup if night <= start < night + 1_800_000 else {}))
    for start in range((now - 1_200_000) // 60_000 * 60_000, now, 60_000):
        store(host, start, steady)
        store(other, start, hostile)
"""


@pytest.fixture(scope="module")
def site(mould):
    """Eight days of usage of testhost, a little of names that mean harm, none of the others."""
    with Cast(mould) as site:
        night = round(last_tuesday().timestamp() * 1000)
        site.shell(f"night, harmful = {night}, {(EVIL, RTL, LONG)!r}\n{STORE}")
        site.start_web()
        yield site


@pytest.fixture(autouse=True)
def fresh(site):
    """The newest samples are of now."""
    site.freshen()


def told(page):
    """Wait until the panel tells of what was asked for."""
    expect(slot(page, "usage-text")).to_contain_text("by who used it")
    expect(slot(page, "culprits")).not_to_have_attribute("data-loading", re.compile(".*"))
    return page


def opened(page, query=""):
    """The dashboard, with usage in its panel, at the end of the page's own sight."""
    page.goto(f"/{query}")
    told(page)
    slot(page, "usage-box").scroll_into_view_if_needed()
    page.wait_for_function(f"() => ({CORE})().some(([length]) => length > 1)")
    return page


def names(page):
    """The consumers of the table, heaviest first."""
    return page.locator('[data-slot="usage-rows"] th bdi:not(.muted)').all_inner_texts()


def point(page, at):
    """Put the pointer on the panel's chart at a time (ms)."""
    canvas = page.locator('[data-slot="usage-box"] canvas')
    canvas.scroll_into_view_if_needed()
    shown = f"({{ min, max }}) => min <= {at} && {at} <= max"
    page.wait_for_function(f"(node) => ({shown})(Chart.getChart(node).scales.x)", arg=canvas.element_handle())
    x = canvas.evaluate("(node, at) => Chart.getChart(node).scales.x.getPixelForValue(at)", at)
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + x, box["y"] + 60)


def choose(page, key):
    """Pick a range and wait for who used the machine in it."""
    with page.expect_response(USAGE):
        page.locator(f'input[name="range"][value="{key}"]').check()
    expect(page).to_have_url(re.compile(f"range={key}"))


def test_who_used_the_cpu_last_tuesday_at_three_is_answered_in_two_clicks(page):
    opened(page)
    choose(page, "7d")
    told(page)
    point(page, (last_tuesday() + timedelta(minutes=16)).timestamp() * 1000)
    page.mouse.down()
    page.mouse.up()
    busy = re.compile(r"^Tue \d+ \w+ 03:\d\d: nightly-backup\.service [01]\.\d+ cores, steady0")
    expect(slot(page, "usage-then")).to_contain_text(busy)
    expect(slot(page, "usage-then-head")).to_contain_text("Tue")


def test_the_table_tells_the_span_heaviest_first_and_the_rest_last(page):
    opened(page)
    assert names(page) == [*(f"steady{i}.service" for i in range(6)), "others", "not seen"]
    first = re.sub(r"\s+", " ", page.locator('[data-slot="usage-rows"] tr').first.inner_text())
    figures = r"0\.10 cores [12] min( \d+ s)? \d\d\.\d % 0\.15 cores \d\d:\d\d 100\.0 MiB"
    assert re.match(f"steady0.service service {figures}", first)


def test_who_moves_up_keeps_its_colour(page):
    opened(page)
    before = page.locator('tr:has-text("steady3.service") .layer').get_attribute("data-colour")
    page.locator('input[name="by"][value="read"]').check()
    expect(slot(page, "usage-rows").locator("tr").first).to_contain_text("steady5.service")
    assert page.locator('tr:has-text("steady3.service") .layer').get_attribute("data-colour") == before


def test_who_used_the_cpu_is_told_below_its_chart_at_rest_and_at_the_cursor(page):
    opened(page, "?range=7d")
    expect(slot(page, "who")).to_contain_text(re.compile(r"^Mean: steady0\.service 0\.\d\d cores, "))
    canvas = page.locator('[data-chart="cpu"] canvas')
    canvas.scroll_into_view_if_needed()
    at = (last_tuesday() + timedelta(minutes=16)).timestamp() * 1000
    x = canvas.evaluate("(node, at) => Chart.getChart(node).scales.x.getPixelForValue(at)", at)
    page.mouse.move(canvas.bounding_box()["x"] + x, canvas.bounding_box()["y"] + 60)
    expect(slot(page, "who")).to_contain_text(re.compile(r"^Tue \d+ \w+ 03:\d\d: nightly-backup\.service "))
    page.locator('input[name="by"][value="memory"]').check()
    expect(slot(page, "who")).to_contain_text("Memory, ")


def test_which_service_grows_since_a_week_is_answered_in_two_clicks(page):
    opened(page)
    choose(page, "7d")
    told(page)
    with page.expect_response(re.compile("/api/v1/usage.*by=memory")):
        page.get_by_role("button", name="Growth").click()
    expect(slot(page, "usage-rows").locator("tr").first).to_contain_text(
        re.compile(r"leaky.*\+\d+\.\d MiB", re.DOTALL)
    )
    expect(page.locator("th[aria-sort]")).to_have_text("Growth")
    assert names(page)[-2:] == ["others", "not seen"]
    assert len(names(page)) == 8
    link = page.url
    page.get_by_role("button", name="CPU time").click()
    told(page)
    expect(page.locator("th[aria-sort]")).to_have_text("CPU time")
    expect(page).to_have_url(re.compile(r"\?range=7d$"))
    page.goto(link)
    expect(slot(page, "usage-rows").locator("tr").first).to_contain_text("leaky")
    page.locator('input[name="by"][value="memory"]').focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(page.locator("th[aria-sort]")).to_have_text("Memory")


def test_a_link_shows_everybody_the_same_and_going_back_what_was_there(page):
    opened(page)
    page.locator('input[name="by"][value="memory"]').check()
    expect(slot(page, "usage-text")).to_contain_text("Memory by who used it")
    page.goto("/?range=7d")
    expect(slot(page, "usage-text")).to_contain_text("CPU by who used it")
    expect(page.locator('input[name="by"][value="cpu"]')).to_be_checked()
    page.get_by_role("link", name="steady0.service").click()
    page.locator('input[name="by"][value="read"]').check()
    expect(slot(page, "usage-text")).to_contain_text("Disk reads of this one")
    page.go_back()
    expect(slot(page, "usage-text")).to_contain_text("CPU by who used it")
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/\?by=read$"))
    expect(slot(page, "usage-text")).to_contain_text("Disk reads by who used it, the last 20 min")


def test_the_whole_table_is_seen_without_sideways_scrolling(tabs):
    page = opened(tabs(viewport=DESKTOP), "?range=7d")
    table = slot(page, "usage-table")
    assert table.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_what_stands_below_does_not_move_when_the_table_comes(page):
    held = []
    page.route(USAGE, lambda route: held.append(route))
    with page.expect_request(USAGE):
        page.goto("/?range=7d")
    expect(slot(page, "usage-text")).to_contain_text("Loading")
    room = slot(page, "usage-table").bounding_box()
    for route in held:
        route.continue_()
    expect(slot(page, "usage-rows").locator("tr")).to_have_count(8)
    assert abs(slot(page, "usage-table").bounding_box()["height"] - room["height"]) <= 2


@THEMES
@pytest.mark.parametrize("ends", ["never", "in failure"])
def test_what_was_shown_before_stays_legible_while_something_else_is_fetched(tabs, theme, ends):
    tabs.allow("500")
    page = opened(tabs(color_scheme=theme))
    page.route(USAGE, lambda route: None if ends == "never" else route.fulfill(status=500, body="no"))
    page.locator('input[name="by"][value="memory"]').check()
    expect(slot(page, "culprits")).to_have_attribute("data-loading", "yes" if ends == "never" else "failed")
    assert violations(page) == []


def test_the_switch_shows_another_kind_of_use_by_keyboard_too_and_is_remembered(page):
    opened(page)
    page.locator('input[name="by"][value="cpu"]').focus()
    with page.expect_response(re.compile("/api/v1/usage.*by=memory")):
        page.keyboard.press("ArrowRight")
    expect(slot(page, "usage-text")).to_contain_text("Memory by who used it")
    expect(slot(page, "usage-share-head")).to_have_text("Share of memory")
    expect(page).to_have_url(re.compile("by=memory"))
    page.goto("/")
    expect(page.locator('input[name="by"][value="memory"]')).to_be_checked()
    expect(slot(page, "usage-text")).to_contain_text("Memory by who used it")


def test_the_cursor_of_the_other_charts_tells_who_it_was_then(page):
    opened(page, "?range=7d")
    cpu = page.locator('[data-chart="cpu"] [data-slot="box"]')
    cpu.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")  # the last step may have begun only after the site's usage was stored
    expect(slot(page, "cursor-text")).to_contain_text(
        re.compile(r"CPU busy .*steady0\.service 0\.\d\d cores")
    )
    expect(slot(page, "usage-then")).to_contain_text("steady0.service")
    page.keyboard.press("Escape")
    expect(slot(page, "usage-then")).to_contain_text("Point at a chart")


def test_arrow_keys_on_the_panel_move_through_its_own_steps(page):
    opened(page, "?range=7d")
    slot(page, "usage-box").focus()
    page.keyboard.press("End")
    expect(slot(page, "usage-then")).not_to_contain_text("Point at a chart")
    before = slot(page, "usage-then-head").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(slot(page, "usage-then-head")).not_to_have_text(before)


def test_a_consumer_alone_has_an_address_its_growth_and_a_way_back(page):
    opened(page, "?range=7d&by=memory")
    page.get_by_role("link", name="leaky").click()
    expect(page).to_have_url(re.compile(r"by=memory&range=7d&consumer=leaky&kind=program&user=anna$"))
    expect(slot(page, "usage-one-name")).to_have_text("leaky")
    expect(slot(page, "usage-facts")).to_contain_text(re.compile(r"Memory growth\s*\+\d+\.\d MiB"))
    expect(slot(page, "usage-back")).to_be_focused()
    expect(slot(page, "usage-table")).to_be_hidden()
    choose(page, "1y")
    expect(page).to_have_url(re.compile("consumer=leaky"))
    expect(slot(page, "usage-text")).to_contain_text("Memory of this one")
    page.go_back()
    expect(page).to_have_url(re.compile("range=7d"))
    page.go_back()
    expect(slot(page, "usage-table")).to_be_visible()
    page.go_forward()
    expect(slot(page, "usage-one-name")).to_have_text("leaky")
    slot(page, "usage-back").click()
    expect(page).to_have_url(re.compile(r"\?by=memory&range=7d$"))
    expect(slot(page, "usage-one")).to_be_hidden()


def test_a_link_shows_one_consumer_and_one_that_is_unknown_is_told(page, tabs):
    page.goto("/?range=7d&consumer=nightly-backup.service")
    expect(slot(page, "usage-facts")).to_contain_text("CPU time")
    expect(slot(page, "usage-one-name")).to_be_in_viewport()
    tabs.allow("404")
    page.goto("/?range=7d&consumer=never-heard-of")
    expect(slot(page, "usage-text")).to_contain_text("never-heard-of")
    slot(page, "usage-back").click()
    told(page)


def test_more_consumers_are_shown_when_asked_for(page):
    opened(page, "?range=7d")
    few = len(names(page))
    slot(page, "usage-more").click()
    expect(slot(page, "usage-more")).to_contain_text("heaviest only")
    assert len(names(page)) > few


def test_nothing_known_yet_or_not_of_that_time_is_said(tabs):
    page = tabs()
    page.goto("/?host=alone")
    expect(slot(page, "usage-text")).to_contain_text("after the first quarter of a minute")
    expect(slot(page, "usage-table")).to_be_hidden()
    page.goto("/?host=testhost&start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z")
    expect(slot(page, "usage-text")).to_contain_text("is not known: it is kept since")


def test_a_failure_is_told_and_another_try_helps(page, tabs):
    tabs.allow("500|Failed to load")
    opened(page)
    page.route(
        USAGE, lambda route: route.fulfill(status=500, json={"ok": False, "error": "The disk is full."})
    )
    page.locator('input[name="range"][value="1h"]').check()
    expect(slot(page, "usage-text")).to_have_text("The disk is full.")
    expect(slot(page, "culprits")).to_have_attribute("data-loading", "failed")
    page.unroute(USAGE)
    slot(page, "usage-retry").click()
    told(page)


def test_live_samples_do_not_ask_who_it_was_each_time(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/api/v1/usage" in request.url else None)
    socket = FakeSocket(page)
    first = socket.open()
    socket.greet(first)
    told(page)
    count = len(asked)
    latest = first["latest"]
    for i in range(1, 31):
        socket.sample(latest["id"] + i, latest["id"] + i - 1, latest["at"] + i * 1000)
    wait_for_point_after(page, latest["at"] + 29_999)
    assert len(asked) - count <= 1  # the beginning of a minute may lie between


@THEMES
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_hostile_names_do_nothing_axe_finds_nothing_and_nothing_sticks_out(tabs, viewport, theme):
    page = tabs(viewport=viewport, color_scheme=theme)
    opened(page, "?host=hostile")
    assert set(names(page)) == {EVIL, RTL, LONG, "others", "not seen"}
    assert page.locator(".culprits img, .culprits script").count() == 0
    assert width(page) <= viewport["width"]
    assert violations(page) == []
    slot(page, "usage-rows").get_by_role("link", name=EVIL).click()
    expect(slot(page, "usage-one-name")).to_have_text(EVIL)
    expect(slot(page, "usage-facts")).to_contain_text("CPU time")
    assert violations(page) == []
    assert width(page) <= viewport["width"]
