"""The page before any live frame: full charts, every kind of host, and a page without JavaScript."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.reading import NOTE_DRAWING, chip, drawn_bands, drawn_texts, points, slot, style, value

pytestmark = pytest.mark.browser

GAPPY = "select id from monitor_host where name = 'gappy'"


@pytest.fixture(autouse=True)
def fresh(site):
    """The newest samples are of now."""
    site.freshen()


def open_silent(page, path="/"):
    """Open a page whose socket never says anything."""
    page.route_web_socket("**/ws/live/**", lambda socket: None)
    page.add_init_script(NOTE_DRAWING)
    page.goto(path)
    expect(slot(page, "tiles-big")).not_to_be_empty()
    return page


def milliseconds(text):
    """A time as SQLite holds it, in milliseconds since the epoch."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000


def test_the_charts_are_full_before_any_frame_arrives(site, page):
    open_silent(page)
    drawn, stored = points(page), site.stored()
    assert len(drawn) > 1150
    assert drawn == stored[-len(drawn) :]
    assert drawn[-1][0] - drawn[0][0] > 1_150_000
    assert [len(points(page, name)) for name in ("load1", "load5", "load15")] == [len(drawn)] * 3
    assert chip(page).get_attribute("data-state") == "connecting"


def test_the_tiles_say_the_newest_sample_before_any_frame_arrives(site, page):
    open_silent(page)
    expect(value(page, "cpu")).to_have_text(f"{site.stored()[-1][1]:.1f} %")
    expect(value(page, "load5")).to_have_text("0.77")
    expect(value(page, "tasks")).to_have_text("3 running")
    expect(value(page, "memory")).to_have_text("3.0 GiB")
    expect(slot(page, "cores")).to_have_text("2 cores")
    expect(slot(page, "cores-reason")).to_have_text("(2 of 2)")
    expect(slot(page, "uptime")).to_have_text("1 d 1 h")


def test_thresholds_of_the_rules_are_drawn_with_their_words(page):
    open_silent(page)
    texts = " | ".join(drawn_texts(page))
    assert "warning at 75 %" in texts
    assert "warning at 2 = cores (1 min)" in texts


def test_a_hole_in_the_data_is_drawn_as_a_hole_and_told(page):
    open_silent(page, "/?host=gappy")
    steps = [after[0] - before[0] for before, after in zip(points(page), points(page)[1:], strict=False)]
    assert max(steps) > 290_000
    expect(page.locator("canvas").first).to_have_attribute("aria-label", re.compile(r"\b1 gap\b"))
    assert any(re.fullmatch(r"no data \d\d:\d\d–\d\d:\d\d", text) for text in drawn_texts(page))


def test_alerts_and_load_tests_are_bands_from_their_begin_to_their_end(site, page):
    open_silent(page, "/?host=gappy")
    [(fired, resolved)] = site.query(
        f"select fired_at, resolved_at from monitor_alert where host_id = ({GAPPY})"
    )
    [(began, ended)] = site.query(
        f"select started_at, ended_at from monitor_loadtest where host_id = ({GAPPY})"
    )
    for begin, end in ((fired, resolved), (began, ended)):
        band = [pytest.approx(milliseconds(at), abs=3000) for at in (begin, end)]
        assert band in drawn_bands(page)
    assert drawn_bands(page, "load")
    assert "load test" in drawn_texts(page)


def test_a_single_sample_is_shown_and_the_rest_is_told_to_be_missing(page):
    open_silent(page, "/?host=alone")
    assert len(points(page)) == 1
    expect(value(page, "load1")).to_have_text("1.20")
    assert any(text.startswith("no data before") for text in drawn_texts(page))


def test_a_large_machine_keeps_its_numbers_in_their_tiles(page):
    open_silent(page, "/?host=large")
    expect(value(page, "load1")).to_have_text("300.0")
    expect(page.locator('[data-tile="load1"] .note')).to_have_text("1.17 per core; 300.0 over 2 minutes")
    assert page.locator(".tile .value").evaluate_all(
        "nodes => nodes.every(n => n.scrollWidth <= n.clientWidth + 1)"
    )


def test_five_hundred_alerts_are_counted_and_the_newest_are_listed(page):
    open_silent(page, "/?host=crowded")
    expect(value(page, "alerts")).to_have_text("500")
    expect(slot(page, "banner-lines").locator("li")).to_have_count(4)
    expect(slot(page, "banner-lines").locator("li").first).to_contain_text("Critical:")
    expect(slot(page, "banner-lines")).to_contain_text("and 37 more")
    expect(slot(page, "log-rows").locator("tr")).to_have_count(20)
    expect(page).to_have_title("(40) Load monitor")


def test_each_alert_of_the_banner_has_the_colour_of_its_own_severity(page):
    open_silent(page, "/?host=crowded")
    words = slot(page, "banner-lines").locator("strong")
    colours = {word: style(words.filter(has_text=word).first, "color") for word in ("Critical", "Warning")}
    assert colours["Critical"] != colours["Warning"]


def test_markup_in_names_is_shown_as_text(page):
    open_silent(page, "/?host=hostile")
    expect(slot(page, "log-rows")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(slot(page, "load-test-report")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("img, main script, main b").count() == 0


def test_an_unknown_host_is_a_404_with_a_sentence(tabs, page):
    tabs.allow("status of 404")
    answer = page.goto("/?host=nobody")
    assert answer.status == 404
    expect(page.locator("main")).to_contain_text("nobody")


def test_without_javascript_the_page_shows_values_and_the_table(site, tabs):
    page = tabs(java_script_enabled=False)
    page.goto("/")
    expect(page.locator("dl.tiles.plain")).to_contain_text(f"{site.stored()[-1][1]:g} %")
    expect(page.locator(".notice")).to_contain_text("Without JavaScript")
    page.locator('[data-slot="twin"] summary').click()
    rows = page.locator('[data-slot="twin-rows"] tr:visible')
    expect(rows).to_have_count(20)
    assert [float(text) for text in rows.locator("td").nth(4).all_inner_texts()] == [
        pytest.approx(list(site.minutes().values())[-2], abs=0.06)
    ]
    assert page.locator(".needs-js:visible").count() == 0


def test_without_javascript_markup_in_names_is_text_too(tabs):
    page = tabs(java_script_enabled=False)
    page.goto("/?host=hostile")
    expect(page.locator("main")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("img").count() == 0
