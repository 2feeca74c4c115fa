"""What the past shows beside its two charts: more of them, compare, busy hours, saved files; and axe with all of it open."""

import re
import struct

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DESKTOP, PHONE, violations
from tests.browser.reading import chip, slot
from tests.browser.test_history import HISTORY, choose, look, shown, site

__all__ = ["look", "site"]

pytestmark = pytest.mark.browser


def test_more_charts_open_in_live_and_history_and_are_remembered(look):
    page = look()
    button = page.get_by_role("button", name="Memory and swap", exact=True)
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(page.locator('[data-chart="memory"]')).to_be_visible()
    choose(page, "24h")
    page.locator('[data-chart="memory"]').scroll_into_view_if_needed()
    page.wait_for_function(
        """() => Chart.getChart(document.querySelector('[data-chart="memory"] canvas')).data.datasets[0].data.length > 100"""
    )
    page.reload()
    shown(page)
    expect(page.locator('[data-chart="memory"]')).to_be_visible()
    button.click()
    expect(page.locator('[data-chart="memory"]')).to_be_hidden()


def test_the_tasks_lie_open_under_the_load_share_its_range_and_stay_closed_once_closed(look):
    page = look()
    load, tasks = (page.locator(f'[data-chart="{kind}"]') for kind in ("load", "tasks"))
    drawn = """() => { const { data, scales } = Chart.getChart(document.querySelector('[data-chart="tasks"] canvas'));
                       return [data.datasets[0].data.length > 10, scales.x.max - scales.x.min]; }"""
    assert page.evaluate(drawn) == [True, 1_200_000]
    assert load.bounding_box()["y"] < tasks.bounding_box()["y"]
    assert tasks.bounding_box()["y"] < slot(page, "more-buttons").bounding_box()["y"]
    choose(page, "6h")
    tasks.scroll_into_view_if_needed()
    page.wait_for_function(f"() => ({drawn})()[1] === 6 * 3600000 && ({drawn})()[0]")
    page.get_by_role("button", name="Tasks", exact=True).click()
    expect(tasks).to_be_hidden()
    page.reload()
    shown(page)
    expect(tasks).to_be_hidden()


def test_the_stack_of_cpu_kinds_adds_up(look):
    page = look("&range=24h")
    page.get_by_role("button", name="CPU by kind", exact=True).click()
    shown(page)
    tops = """() => Chart.getChart(document.querySelector('[data-chart="kinds"] canvas'))
                .data.datasets.map(({ data }) => data.length ? data.at(-1).y : null)"""
    page.wait_for_function(f"() => ({tops})()[0] !== null")
    user, system, iowait, _ = page.evaluate(tops)
    assert 0 < user <= system <= iowait <= 101


def test_the_day_before_lies_under_the_present_one(look):
    page = look("&range=24h")
    with page.expect_response(HISTORY) as answer:
        slot(page, "compare").select_option("day")
    asked = re.search(r"start=([^&]+)", answer.value.url)
    assert asked
    expect(page.locator('[data-chart="cpu"] .legend .ghost')).to_contain_text("a day earlier")
    slot(page, "compare").select_option("none")
    expect(page.locator('[data-chart="cpu"] .legend .ghost')).to_have_count(0)


def test_an_address_carries_comparison_and_open_charts_through_reload_back_and_to_others(look, tabs):
    page = look("&range=24h")
    ghost = '[data-chart="cpu"] .legend .ghost'
    slot(page, "compare").select_option("week")
    expect(page.locator(ghost)).to_contain_text("a week earlier")
    page.get_by_role("button", name="Disk", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?host=demo&range=24h&compare=week&charts=tasks,disk$"))
    page.reload()
    expect(slot(page, "compare")).to_have_value("week")
    expect(page.locator(ghost)).to_contain_text("a week earlier")
    other = tabs(viewport=DESKTOP)
    other.goto(page.url)
    expect(other.locator('[data-chart="disk"]')).to_be_visible()
    expect(other.locator(ghost)).to_contain_text("a week earlier")
    slot(other, "compare").select_option("none")
    expect(other.locator(ghost)).to_have_count(0)
    other.go_back()
    expect(slot(other, "compare")).to_have_value("week")
    expect(other.locator(ghost)).to_contain_text("a week earlier")
    other.goto("/?host=demo")
    expect(chip(other)).to_be_visible()
    expect(other.locator('[data-chart="disk"]')).to_have_count(0)


def test_the_busy_hours_are_a_table_with_a_sentence(look):
    page = look()
    page.get_by_role("button", name="Busy hours").click()
    expect(slot(page, "busy-text")).to_contain_text(
        re.compile(r"Busiest: \w+days \d\d–\d\d, \d+\.\d\d per core\.")
    )
    rows = slot(page, "busy-rows").locator("tr")
    expect(rows).to_have_count(7)
    assert {row.locator("td").count() for row in rows.all()} == {24}
    text = rows.first.locator("td").first.inner_text()
    assert text == "not yet known" or float(text) >= 0


def test_a_phone_shows_the_whole_caption_of_the_busy_hours_and_room_between_their_numbers(look):
    page = look(size=PHONE)
    page.get_by_role("button", name="Busy hours").click()
    expect(slot(page, "busy-rows").locator("tr")).to_have_count(7)
    box = page.locator(".heat caption > span").bounding_box()
    frame = slot(page, "busy-table").bounding_box()
    assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    cells = slot(page, "busy-rows").locator("td").filter(has_text=".")
    assert cells.evaluate_all("(all) => all.every((cell) => cell.scrollWidth <= cell.clientWidth)")
    assert cells.first.bounding_box()["width"] >= 32


def test_a_chart_is_saved_as_a_picture_and_its_data_as_csv(look):
    page = look("&range=24h")
    panel = page.locator('[data-chart="load"]')
    panel.get_by_role("button", name="Save").click()
    with page.expect_download() as saved:
        panel.get_by_role("button", name="Picture").click()
    picture = saved.value.path().read_bytes()
    assert saved.value.suggested_filename.startswith("demo_load_")
    width, height = struct.unpack(">II", picture[16:24])
    assert (picture[:8], width > 600, height > 200) == (b"\x89PNG\r\n\x1a\n", True, True)
    panel.get_by_role("button", name="Save").click()
    with page.expect_download() as saved:
        panel.get_by_role("link", name="Data").click()
    lines = saved.value.path().read_text().splitlines()
    assert lines[0].startswith("time,at_ms,load1_mean,load1_low,load1_high")
    assert len(lines) > 300


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_with_everything_open(look, theme, size):
    page = look("&range=7d", size=size, color_scheme=theme)
    for name in ("Tasks", "CPU by kind", "Pressure", "Busy hours"):
        page.get_by_role("button", name=re.compile(f"^[▶ ]*{name}")).click()
    expect(slot(page, "busy-rows").locator("tr")).to_have_count(7)
    page.locator('input[value="from-to"]').check()
    slot(page, "compare").select_option("week")
    page.locator('[data-chart="cpu"]').get_by_role("button", name="Save").click()
    slot(page, "gap-list").locator("summary").click()
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
