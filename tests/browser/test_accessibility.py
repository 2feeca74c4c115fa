"""axe finds nothing, in both themes and every state; and a phone needs no sideways scrolling."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DESKTOP, PHONE, THEMES, violations
from tests.browser.fakesocket import FakeSocket
from tests.browser.mould import Cast
from tests.browser.reading import slot, value, width

pytestmark = pytest.mark.browser
TOLD = {
    "ok": "Fine. Load 0.2 on 2 cores.",
    "busy": "Busy. Load 1.6 on 2 cores.",
    "overloaded": "Overloaded. Load 4.0 on 2 cores.",
    "calming": "Calming down. Load 2.4 on 2 cores: CPU 7 % now.",
}


@pytest.fixture
def look(tabs):
    """Opens an address in a theme and a size, and waits until it is drawn."""

    def opened(path, theme="light", who=None, size=None):
        page = tabs(who, color_scheme=theme, viewport=size or DESKTOP)
        page.goto(path)
        page.wait_for_load_state("load")
        return page

    return opened


@THEMES
@pytest.mark.parametrize(
    ("path", "size"),
    [("/", DESKTOP), ("/?host=crowded", DESKTOP), ("/?host=crowded", PHONE)],
    ids=["plain", "with alerts", "with alerts on a phone"],
)
def test_axe_finds_nothing_on_the_dashboard(look, path, theme, size):
    page = look(path, theme, size=size)
    expect(value(page, "cpu")).to_be_visible()
    page.locator('[data-slot="twin"] summary').click()
    assert violations(page) == []


@THEMES
def test_calming_down_looks_neither_fine_nor_overloaded(site, tabs, theme):
    site.freshen()
    page = tabs(color_scheme=theme, viewport=DESKTOP)
    socket = FakeSocket(page)
    first = socket.open()
    socket.greet(first)
    verdict, at, told = slot(page, "verdict"), first["latest"]["at"], first["latest"]["id"]
    colours, icons = set(), set()
    for number, (tone, text) in enumerate(TOLD.items(), 1):
        fields = {"previous_id": told + number - 1, "at": at + number * 1000, "covered_ms": 1000}
        values = first["latest"]["values"]
        socket.say("sample", id=told + number, values=values, verdict={"tone": tone, "text": text}, **fields)
        expect(verdict.locator("strong")).to_have_text(f"{text.split('.')[0]}.")
        colours.add(verdict.locator("strong").evaluate("(node) => getComputedStyle(node).color"))
        shape = verdict.locator("use").evaluate(
            "(node) => document.querySelector(node.getAttribute('href')).innerHTML"
        )
        icons.add(shape)
    assert (len(colours), len(icons)) == (len(TOLD), len(TOLD))
    assert violations(page) == []


@THEMES
def test_axe_finds_nothing_on_the_load_test_card_with_its_question_open(site, look, theme):
    site.freshen()  # nobody can load a machine that nobody samples
    page = look("/?host=hostile", theme, who="admin")
    page.get_by_role("button", name="Start load test").click()
    expect(slot(page, "load-test-confirm")).to_be_visible()
    assert violations(page) == []


@THEMES
def test_axe_finds_nothing_on_the_login_page_with_an_error(look, theme):
    page = look("/login/", theme)
    page.get_by_label("User name").fill("nobody")
    page.get_by_label("Password").fill("guess")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []


@THEMES
def test_axe_finds_nothing_on_a_page_of_an_error(look, tabs, theme):
    tabs.allow("status of 404")
    assert violations(look("/nowhere/", theme)) == []


@pytest.mark.parametrize("path", ["/", "/?host=crowded", "/?host=hostile", "/?host=large", "/login/"])
def test_nothing_needs_sideways_scrolling(look, path):
    page = look(path, who="admin", size=PHONE)
    if page.locator('[data-slot="twin"] summary').count():
        page.locator('[data-slot="twin"] summary').click()
    for wide in (360, 320, 768):
        page.set_viewport_size({"width": wide, "height": 740})
        assert width(page) <= wide


def test_on_a_phone_the_charts_have_room_and_buttons_are_large_enough(look):
    page = look("/?host=crowded", who="admin", size=PHONE)
    for box in page.locator(".chart-box").all():
        assert box.bounding_box()["width"] > 280
        assert box.bounding_box()["height"] >= 180
    # All at once: the page goes on drawing, and what one look found may be gone at the next.
    small = page.locator("main :is(button, select, summary):visible").evaluate_all(
        "(nodes) => nodes.filter((node) => node.getBoundingClientRect().height < 24).map((node) => node.outerHTML)"
    )
    assert small == []


@pytest.fixture(scope="module")
def empty(mould):
    """An installation in which no sampler has run yet."""
    with Cast(mould) as site:
        for table in ("transition", "alert", "loadtest", "sample", "host"):
            site.execute(f"delete from monitor_{table}")
        site.start_web()
        yield site


@THEMES
def test_axe_finds_nothing_before_the_first_sample(empty, tabs, theme):
    tabs.record.hosts.add(f"127.0.0.1:{empty.port}")
    page = tabs(color_scheme=theme, viewport=PHONE)
    page.goto(f"{empty.url}/")
    expect(page.locator(".first-run")).to_be_visible()
    assert violations(page) == []
    assert width(page) <= 360
