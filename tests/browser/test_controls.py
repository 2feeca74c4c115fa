"""What a person can set and reach: legend, theme, cursor, keyboard, table."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import PHONE
from tests.browser.reading import is_hidden, points, slot, style, value, width

pytestmark = pytest.mark.browser


@pytest.fixture
def dashboard(site, page):
    """A page of 20 minutes that end now; its socket stays silent, so nothing moves."""
    site.freshen()
    page.route_web_socket("**/ws/live/**", lambda socket: None)
    page.goto("/")
    expect(value(page, "cpu")).to_be_visible()
    return page


def test_a_series_that_was_switched_off_stays_off_after_a_reload(dashboard):
    dashboard.get_by_label("5 min", exact=True).uncheck()
    assert is_hidden(dashboard, "load5")
    dashboard.reload()
    expect(dashboard.get_by_label("5 min", exact=True)).not_to_be_checked()
    assert [is_hidden(dashboard, name) for name in ("cpu_percent", "load1", "load5", "load15")] == [
        False, False, True, False,
    ]  # fmt: skip


def test_a_series_can_be_switched_on_again_by_keyboard(dashboard):
    box = dashboard.get_by_label("15 min", exact=True)
    box.focus()
    for hidden in (True, False):
        dashboard.keyboard.press("Space")
        assert is_hidden(dashboard, "load15") is hidden


def test_the_last_series_of_a_chart_cannot_be_switched_off(dashboard):
    for name in ("1 min", "5 min"):
        dashboard.get_by_label(name, exact=True).uncheck()
    for name in ("15 min", "CPU"):
        box = dashboard.get_by_role("checkbox", name=name, exact=True)
        box.click()
        expect(box).to_be_checked()
    assert not is_hidden(dashboard, "load15")
    assert not is_hidden(dashboard, "cpu_percent")


def test_the_theme_is_remembered_and_there_before_the_first_paint(dashboard):
    light = style(dashboard.locator("body"), "background-color")
    dashboard.get_by_label("Theme").select_option("dark")
    dark = style(dashboard.locator("body"), "background-color")
    assert dark != light
    dashboard.reload(wait_until="commit")
    dashboard.wait_for_selector("body")
    assert style(dashboard.locator("body"), "background-color") == dark
    expect(dashboard.get_by_label("Theme")).to_have_value("dark")


def test_charts_follow_the_theme(dashboard):
    colour = "() => Chart.getChart(document.querySelector('canvas')).data.datasets[0].borderColor"
    light = dashboard.evaluate(colour)
    dashboard.get_by_label("Theme").select_option("dark")
    assert dashboard.evaluate(colour) != light


def test_the_automatic_theme_follows_the_system(dashboard):
    light = style(dashboard.locator("body"), "background-color")
    dashboard.emulate_media(color_scheme="dark")
    assert style(dashboard.locator("body"), "background-color") != light


def test_arrow_keys_move_one_cursor_over_both_charts_and_tell_it(dashboard):
    dashboard.get_by_role("group", name=re.compile("^CPU chart")).focus()
    newest = points(dashboard)[-1]
    dashboard.keyboard.press("ArrowLeft")
    expect(slot(dashboard, "cursor-text")).to_contain_text(f"CPU busy {newest[1]:.1f} %")
    spoken = slot(dashboard, "cursor-text").inner_text()
    dashboard.keyboard.press("ArrowLeft")
    expect(slot(dashboard, "cursor-text")).not_to_have_text(spoken)
    dashboard.keyboard.press("Home")
    expect(dashboard.locator('[data-series="cpu_percent"] .reading')).to_have_text(
        f"{points(dashboard)[0][1]:.1f} %"
    )
    expect(dashboard.locator('[data-series="load1"] .reading')).to_have_text(
        f"{points(dashboard, 'load1')[0][1]:.2f}"
    )
    dashboard.keyboard.press("Escape")
    expect(slot(dashboard, "cursor-text")).to_have_text("Cursor off.")


def test_the_pointer_moves_the_cursor_and_leaves_with_it(dashboard):
    readings = dashboard.locator('[data-series="cpu_percent"] .reading')
    current = readings.inner_text()
    box = dashboard.locator('[data-chart="load"] canvas')
    box.hover(position={"x": 400, "y": 60})
    expect(readings).not_to_have_text(current)
    dashboard.mouse.move(2, 2)
    expect(readings).to_have_text(current)


RADIO = "input[type=radio]:checked"  # one stop for its whole group; arrows go on from there
FOCUSABLE = (
    f"a[href], button, input:not([type=hidden], [type=radio]), {RADIO}, select, summary, [tabindex='0']"
)


@pytest.mark.parametrize("who", [None, "admin"])
def test_the_tab_key_reaches_everything_in_the_order_of_the_page(tabs, who):
    page = tabs(who)
    page.goto("/?host=crowded")
    page.wait_for_load_state("networkidle")
    names = "(nodes) => nodes.map((node) => node.cloneNode(false).outerHTML.slice(0, 90))"
    wanted = page.locator(f":is({FOCUSABLE}):visible").evaluate_all(names)
    page.evaluate(
        "() => { globalThis.reached = []; addEventListener('focusin', (event) => reached.push(event.target)); }"
    )
    for _ in wanted:
        page.keyboard.press("Tab")
    reached = page.evaluate(f"() => ({names})(reached)")
    assert reached == wanted
    assert len(wanted) > 8


def test_what_has_the_focus_is_seen_to_have_it(dashboard):
    dashboard.keyboard.press("Tab")
    expect(dashboard.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    for _ in range(8):
        dashboard.keyboard.press("Tab")
        focus = dashboard.locator(":focus")
        assert (style(focus, "outline-style"), style(focus, "box-shadow")) != ("none", "none")


def test_the_table_has_twenty_minutes_with_the_means_that_the_charts_show(site, dashboard):
    dashboard.locator('[data-slot="twin"] summary').click()
    rows = slot(dashboard, "twin-rows").locator("tr")
    assert rows.count() in (20, 21)
    shown = [row.locator("td").first.inner_text() for row in rows.all()]
    stored = list(site.minutes().values())[::-1]
    told = [float(text.removesuffix(" %")) for text in shown[1:19]]
    assert told == pytest.approx(stored[1:19], abs=0.051)  # halves are rounded up there, and to even here
    head = dashboard.locator("table:visible thead th").all_inner_texts()
    assert [text.lower() for text in head if "load" in text.lower()] == [
        "load 1 min",
        "load 5 min",
        "load 15 min",
    ]


def test_a_minute_without_data_says_so_in_the_table(site, page):
    site.freshen()
    page.goto("/?host=gappy")
    page.locator('[data-slot="twin"] summary').click()
    known = site.minutes("gappy")
    empty = len(range(min(known), max(known) + 1, 60_000)) - len(known)
    assert empty in (4, 5)
    rows = slot(page, "twin-rows").locator("tr")
    # The first row is the minute that runs: it may have begun after the newest sample.
    expect(rows.filter(has_text="no data").and_(page.locator("tr:not(:first-child)"))).to_have_count(empty)


def test_show_on_chart_leads_to_the_charts(page):
    page.goto("/?host=crowded")
    page.get_by_role("button", name="Show on chart").click()
    expect(page.get_by_role("group", name=re.compile("^CPU chart"))).to_be_focused()
    expect(page.get_by_role("group", name=re.compile("^CPU chart"))).to_be_in_viewport()


def test_on_paper_the_page_is_light_and_its_table_is_open(dashboard):
    dashboard.get_by_label("Theme").select_option("dark")
    dashboard.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    dashboard.emulate_media(media="print")
    expect(slot(dashboard, "twin-rows").locator("tr").first).to_be_visible()
    expect(dashboard.get_by_role("button", name="Pause")).to_be_hidden()
    assert style(dashboard.locator("html"), "color-scheme") == "light"
    dashboard.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(dashboard.locator("html")).to_have_attribute("data-theme", "dark")


def test_times_are_those_of_the_browser_and_say_so(tabs):
    page = tabs(timezone_id="Asia/Kolkata")
    page.goto("/?host=hostile")
    expect(slot(page, "zone").last).to_have_text(re.compile("Asia/(Kolkata|Calcutta)"))
    fired = page.evaluate(
        """() => new Date(JSON.parse(document.getElementById('first-paint').textContent).alerts.open[0].fired_at)
             .toLocaleTimeString('en-GB', { timeZone: 'Asia/Kolkata' })"""
    )
    expect(slot(page, "log-rows")).to_contain_text(fired)


def test_another_host_is_shown_with_the_same_range(page):
    page.goto("/?host=testhost&range=1h")
    slot(page, "hosts").select_option("gappy")
    page.wait_for_url("**/?host=gappy&range=1h")
    expect(page.locator("h1")).to_have_text("gappy")
    page.go_back()
    expect(slot(page, "hosts")).to_have_value("testhost")


def test_without_javascript_another_host_takes_one_button(tabs):
    page = tabs(java_script_enabled=False)
    page.goto("/")
    slot(page, "hosts").select_option("gappy")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("h1")).to_have_text("gappy")


def test_a_phone_shows_every_range_without_scrolling(tabs):
    page = tabs(viewport=PHONE)
    page.goto("/")
    for label in page.locator(".ranges label").all():
        box = label.bounding_box()
        assert box["x"] + box["width"] <= PHONE["width"]
    assert slot(page, "ranges").evaluate("(node) => node.scrollWidth <= node.clientWidth")
    assert width(page) <= PHONE["width"]
