"""The page on a running monitor: points arrive, and either process may die and come back."""

import contextlib
import re
import signal

import pytest
from playwright.sync_api import expect

from tests.browser.mould import Cast
from tests.browser.reading import chip, points, slot, style, value, wait_for_point_after
from tests.stages.servers import until

pytestmark = [pytest.mark.browser, pytest.mark.processes]

LOST = r"WebSocket connection to .* failed|ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED"


@pytest.fixture(scope="module")
def monitor(mould):
    with Cast(mould, LOADMON_INTERVAL="0.2") as site:
        site.silence_rules()
        site.start_web()
        site.start_sampler()
        yield site


@pytest.fixture
def site(monitor):
    """The running monitor; what an earlier test left dead is started again."""
    if "web" not in monitor.processes:
        monitor.start_web()
    if "sampler" not in monitor.processes:
        monitor.start_sampler()
    return monitor


def live(page):
    """Open the page and wait until it is live."""
    page.goto("/")
    page.wait_for_load_state("networkidle")  # all scripts are there before a test takes the server away
    expect(chip(page)).to_have_attribute("data-state", "live")
    return page


def tells_the_last_point(page):
    """Whether the tile shows the newest point while it is the newest: the next one is never far."""
    at, cpu = points(page)[-1]
    figure = value(page, "cpu").inner_text()
    return at == points(page)[-1][0] and figure.strip() == f"{cpu:.1f} %"


def assert_whole(page, site):
    """The page holds exactly what is stored: no hole, no duplicate, nothing made up; what is missing may be on its way."""

    def both():
        drawn = points(page)
        first, last = drawn[0][0], drawn[-1][0]
        return drawn, [(at, cpu) for at, cpu in site.stored() if first <= at <= last]

    with contextlib.suppress(AssertionError):
        until(lambda: (pair := both())[0] == pair[1], "the same points", 10)
    drawn, stored = both()
    assert drawn == stored


def test_a_live_point_arrives_and_the_tile_tells_it(site, page):
    live(page)
    before = points(page)[-1][0]
    wait_for_point_after(page, before)
    until(lambda: tells_the_last_point(page), "the newest value in the tile")
    expect(chip(page)).to_contain_text("1 s ago")
    expect(page).to_have_title(re.compile(r"^CPU \d+ % - Load monitor"))
    assert_whole(page, site)


def test_the_page_says_what_the_database_says(site, page):
    live(page)
    wait_for_point_after(page, points(page)[-1][0])
    known = dict(site.stored())
    assert all(known[at] == pytest.approx(cpu) for at, cpu in points(page)[-5:])


def test_a_restart_of_the_web_server_leaves_neither_hole_nor_duplicate(site, tabs):
    tabs.allow(LOST)
    page = live(tabs())
    last_seen = points(page)[-1][0]
    site.kill("web", signal.SIGTERM)
    expect(chip(page)).to_have_attribute("data-state", "reconnecting")
    expect(page).to_have_title(re.compile("^Reconnecting"))
    site.grow(10)
    site.start_web()
    expect(chip(page)).to_have_attribute("data-state", "live")
    wait_for_point_after(page, site.stored()[-1][0])
    assert_whole(page, site)
    assert len([at for at, _ in points(page) if at > last_seen]) > 10


def test_a_killed_web_server_is_survived_as_well(site, tabs):
    tabs.allow(LOST)
    page = live(tabs())
    site.kill("web")
    site.grow(3)
    site.start_web()
    wait_for_point_after(page, site.stored()[-1][0])
    assert_whole(page, site)


def test_the_icon_of_trouble_is_there_although_the_server_is_gone(site, tabs):
    tabs.allow(LOST)
    page = live(tabs())
    site.kill("web")
    expect(page.locator("link[data-icon]").last).to_have_attribute("href", re.compile("stale"))
    until(lambda: page.evaluate("() => 1") and len(tabs.record.sockets) > 2, "two tries to reconnect")
    assert not [line for line in tabs.record.lines if "/icons/" in line]


def test_a_dead_sampler_is_told_and_its_silence_stays_a_gap(site, page):
    live(page)
    bright = style(value(page, "cpu"), "color")
    site.kill("sampler")
    last = site.stored()[-1][0]
    expect(chip(page)).to_contain_text("Stale")
    expect(slot(page, "chip-detail")).to_have_text(re.compile(r"no sample for \d+ s"))
    expect(slot(page, "verdict-text")).to_contain_text("Last seen at")
    assert style(value(page, "cpu"), "color") != bright
    site.start_sampler()
    expect(chip(page)).to_have_attribute("data-state", "live")
    assert style(value(page, "cpu"), "color") == bright
    wait_for_point_after(page, last)
    after = next(at for at, _ in points(page) if at > last)
    limit = page.evaluate("() => Chart.getChart(document.querySelector('canvas')).data.datasets[0].spanGaps")
    assert after - last > limit == 5000
    assert_whole(page, site)


def test_a_stopped_sampler_says_goodbye_and_the_page_tells_so_at_once(site, page):
    live(page)
    site.kill("sampler", signal.SIGTERM)
    expect(slot(page, "notices")).to_contain_text("The sampler was stopped.", timeout=10_000)
    site.start_sampler()
    expect(slot(page, "notices")).to_be_empty()


def test_two_tabs_show_the_same(site, tabs):
    one, other = live(tabs()), live(tabs())
    newest = site.stored()[-1][0]
    for page in (one, other):
        wait_for_point_after(page, newest)
        assert_whole(page, site)


def test_a_tab_that_comes_back_from_another_page_is_whole(site, page):
    live(page)
    page.goto("/login/")
    site.grow(5)
    page.go_back()
    expect(chip(page)).to_have_attribute("data-state", "live")
    wait_for_point_after(page, site.stored()[-1][0])
    assert_whole(page, site)


def test_a_tab_that_was_offline_fills_its_gap(site, tabs):
    tabs.allow("ERR_INTERNET_DISCONNECTED|" + LOST)
    page = live(tabs())
    page.context.set_offline(True)
    site.kill("web")  # an open socket outlives the switch: cut it
    # A cut that the browser itself does not tell is noticed after two missed heartbeats, 35 s.
    expect(chip(page)).to_have_attribute("data-state", "reconnecting", timeout=45_000)
    site.start_web()
    site.grow(3)
    page.context.set_offline(False)
    expect(chip(page)).to_have_attribute("data-state", "live")
    wait_for_point_after(page, site.stored()[-1][0])
    assert_whole(page, site)
