"""The back-test in a real browser: the panel below the admin's form, and the page of a rule."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.mould import Cast
from tests.browser.reading import slot

pytestmark = [pytest.mark.browser, pytest.mark.processes]
CPU = "/admin/monitor/rule/1/change/"
ADD = "/admin/monitor/rule/add/"
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        "preload": False}  # fmt: skip  # it would copy style sheets inline, which our policy forbids

# Two days of minutes for the host "testhost": 20 % for most of the time, 90 % for 20 minutes, six times.
FILL = """
import time
from monitor.history import rollups
from monitor.models import Host, RollupProgress, Rule
from tests.factories import bucket
host = Host.objects.get(name="testhost")
now = time.time_ns() // 1_000_000
first = now // 60_000 * 60_000 - 2 * 86_400_000
rows = {}
for minute in range(2 * 1440 - 30):
    value = 90.0 if minute % 500 in range(200, 220) else 20.0
    of = lambda factor: (value * factor, (value - 5) * factor, (value + 5) * factor)
    rows[first + minute * 60_000] = bucket(60, cpu_percent=of(1), load1=of(0.02), cpu_effective_cores=2.0)
rollups.store(host, 60, rows)
RollupProgress.objects.create(host=host, resolution=60, pending_from_ms=first + (2 * 1440 - 30) * 60_000)
"""


@pytest.fixture(scope="module")
def site(mould):
    """A web server over two days of history."""
    with Cast(mould) as site:
        site.shell(FILL)
        site.start_web()
        yield site


def opened(tabs, address, who="admin", **options):
    page = tabs(who, **options)
    page.goto(address)
    return page


def panel(page):
    return slot(page, "backtest")


def sentence(page):
    return slot(page, "backtest-sentence")


def wait_until_ready(page):
    expect(panel(page)).to_have_attribute("data-state", "ready")


def chart(page, expression):
    return page.evaluate(
        "(name) => { const c = Chart.getChart(document.querySelector('.backtest-chart canvas'));"
        " return ({ points: () => c.data.datasets[0].data.length, top: () => c.scales.y.max })[name](); }",
        expression,
    )


def test_the_stored_numbers_are_told_and_drawn_at_once(tabs):
    page = opened(tabs, CPU)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/backtest?" in request.url else None)
    wait_until_ready(page)
    expect(slot(page, "backtest-rule")).to_have_text(
        "Fires when the mean CPU of 120 s is at least 75 %, critical at 95 %; clears below 65 % for 60 s."
    )
    expect(sentence(page)).to_contain_text(
        "With these numbers it would have fired 6 times in the last 30 days"
    )
    expect(slot(page, "backtest-notes")).to_contain_text("only 1-minute means are kept")
    assert chart(page, "points") > 10
    expect(page.locator(".backtest-chart canvas")).to_have_attribute(
        "aria-label", re.compile("CPU busy. With these")
    )
    assert asked == []  # the server had tried them already


def test_typing_tries_the_new_numbers(tabs):
    page = opened(tabs, CPU)
    wait_until_ready(page)
    page.get_by_label("Threshold:", exact=True).fill("94")
    expect(sentence(page)).to_contain_text("would not have fired in the last 30 days")
    expect(slot(page, "backtest-rule")).to_contain_text("at least 94 %")
    expect(slot(page, "backtest-list")).to_be_hidden()
    wait_until_ready(page)


def test_only_the_last_of_several_keys_is_asked(tabs):
    page = opened(tabs, CPU)
    wait_until_ready(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/backtest?" in request.url else None)
    page.get_by_label("Threshold:", exact=True).fill("")
    page.get_by_label("Threshold:", exact=True).press_sequentially("88.25", delay=20)
    expect(slot(page, "backtest-rule")).to_contain_text("at least 88.25 %")
    assert len([url for url in asked if "threshold=88.25&" in url]) == 1
    assert len(asked) <= 2


def test_a_refusal_is_told_in_its_sentence_and_goes_when_mended(tabs):
    tabs.allow("status of 400")
    page = opened(tabs, CPU)
    wait_until_ready(page)
    page.get_by_label("Clear threshold:", exact=True).fill("80")
    expect(slot(page, "backtest-problem")).to_contain_text(
        "The alert could never clear: 80 lies above the threshold 75."
    )
    expect(sentence(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()
    expect(slot(page, "backtest-figure")).to_be_visible()
    page.get_by_label("Clear threshold:", exact=True).fill("70")
    expect(sentence(page)).to_contain_text("would have fired")
    expect(slot(page, "backtest-problem")).to_be_hidden()


def test_a_server_that_does_not_answer_is_told_and_asked_again(tabs):
    tabs.allow("ERR_FAILED|failed: GET")
    page = opened(tabs, CPU)
    wait_until_ready(page)
    page.route("**/api/v1/backtest?**", lambda route: route.abort())
    page.get_by_label("Threshold:", exact=True).fill("80")
    expect(slot(page, "backtest-problem")).to_contain_text("The server did not answer.")
    page.unroute("**/api/v1/backtest?**")
    page.get_by_role("button", name="Try again").click()
    expect(slot(page, "backtest-rule")).to_contain_text("at least 80 %")
    expect(page.get_by_label("Threshold:", exact=True)).to_have_value("80")


def test_the_suggestion_fills_both_fields_by_keyboard_and_saves_nothing(site, tabs):
    page = opened(tabs, CPU)
    wait_until_ready(page)
    expect(slot(page, "backtest-suggestion")).to_contain_text("Suggested: threshold 90 %, clear 78 %.")
    page.get_by_role("button", name="Use the suggestion").press("Enter")
    expect(page.get_by_label("Threshold:", exact=True)).to_have_value("90")
    expect(page.get_by_label("Clear threshold:", exact=True)).to_have_value("78")
    expect(slot(page, "backtest-rule")).to_contain_text("at least 90 %")
    assert site.query("select threshold from monitor_rule where id = 1") == [(75.0,)]


def test_a_new_rule_is_led_from_the_metric_to_its_numbers(tabs):
    page = opened(tabs, ADD)
    expect(sentence(page)).to_contain_text("Choose a metric and type both thresholds")
    page.get_by_label("Metric:", exact=True).select_option("load1")
    expect(sentence(page)).to_have_text("Type both thresholds to see what they would have done.")
    expect(slot(page, "backtest-suggestion")).to_contain_text("Suggested: threshold 1.8, clear 1.6.")
    page.get_by_label("Per core").check()
    expect(slot(page, "backtest-suggestion")).to_contain_text("threshold 0.9 per core, clear 0.78 per core")
    page.get_by_role("button", name="Use the suggestion").click()
    expect(slot(page, "backtest-rule")).to_contain_text("at least 1.8 (0.9 per core)")
    expect(sentence(page)).to_contain_text(re.compile(r"it would have fired \d+ times"))
    wait_until_ready(page)
    assert chart(page, "top") >= 1.8


def test_host_and_span_can_be_chosen(tabs):
    page = opened(tabs, CPU)
    wait_until_ready(page)
    page.get_by_label("Look back").select_option("7 days")
    expect(sentence(page)).to_contain_text("6 times in the last 7 days")
    page.locator('[data-slot="backtest-host"]').select_option("large")
    expect(sentence(page)).to_contain_text("would have fired once in the last 7 days")
    wait_until_ready(page)


def test_the_would_be_alerts_are_a_list_too(tabs):
    page = opened(tabs, CPU)
    wait_until_ready(page)
    page.get_by_text("The 6 alerts that would have fired").click()
    expect(slot(page, "backtest-rows").get_by_role("row")).to_have_count(6)
    expect(slot(page, "backtest-rows").get_by_role("row").first).to_contain_text("90.0 %")


def test_without_scripts_the_stored_numbers_are_told(tabs):
    page = opened(tabs, CPU, java_script_enabled=False)
    expect(sentence(page)).to_contain_text("With these numbers it would have fired 6 times")
    expect(page.locator("noscript p")).to_contain_text("These are the numbers as they are saved.")
    expect(slot(page, "backtest-controls")).to_be_hidden()


def test_the_page_of_a_rule_shows_what_the_form_would(tabs):
    page = opened(tabs, "/rules/1/?host=testhost", who=None)
    wait_until_ready(page)
    expect(page).to_have_title("Rule CPU - Load monitor")
    expect(sentence(page)).to_contain_text("it would have fired 6 times in the last 30 days")
    expect(page.get_by_role("button", name="Use the suggestion")).to_be_hidden()
    expect(page.get_by_text("It has not fired yet.")).to_be_visible()
    expect(page.get_by_role("link", name="Edit the rule")).to_have_count(0)
    page.get_by_label("Look back").select_option("90 days")
    expect(sentence(page)).to_contain_text("in the last 90 days")
    page.get_by_role("link", name="Load monitor").click()
    expect(page).to_have_url(re.compile(r"/$"))


def test_one_who_may_edit_is_led_to_the_form_and_back(tabs):
    page = opened(tabs, "/rules/1/")
    page.get_by_role("link", name="Edit the rule").click()
    expect(page).to_have_url(re.compile(CPU))
    page.get_by_role("link", name="View on site").click()
    expect(page).to_have_title("Rule CPU - Load monitor")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", [CPU, "/rules/1/"])
def test_axe_finds_no_fault(tabs, address, scheme):
    page = opened(tabs, address, color_scheme=scheme)
    wait_until_ready(page)
    slot(page, "backtest-list-title").click()
    found = Axe().run(page, context='[data-slot="backtest"]', options=WCAG)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("address", [CPU, "/rules/1/"])
def test_a_phone_shows_it_without_scrolling_sideways(tabs, address):
    page = opened(tabs, address, viewport={"width": 360, "height": 740})
    wait_until_ready(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_the_chart_follows_the_theme(tabs):
    page = opened(tabs, "/rules/1/", color_scheme="light")
    wait_until_ready(page)
    colour = (
        "() => Chart.getChart(document.querySelector('.backtest-chart canvas')).data.datasets[0].borderColor"
    )
    light = page.evaluate(colour)
    page.get_by_label("Theme").select_option("Dark theme")
    page.wait_for_function(f"(light) => ({colour})() !== light", arg=light)
