"""A drill from the page: from the click over a real notifier and receiver to the report, and how its card looks."""

import re
import threading
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.axe import PHONE, THEMES, violations
from tests.browser.mould import EVIL, Cast
from tests.browser.reading import chip, slot, width
from tests.stages.receivers import ACCEPT, FAIL, web_server
from tests.stages.servers import until

pytestmark = [pytest.mark.browser, pytest.mark.processes]
RECEIVER = (
    "insert into monitor_receiver (name, kind, address, secret, minimum_severity, only_chosen_rules, wants_drills,"
    " repeat_hours, enabled, created_at, failure)"
    " values (?, 'webhook', ?, '', 'info', 0, 1, 4, 1, '2026-01-01', '')"
)


@pytest.fixture(scope="module")
def answer():
    """Set: the receiver answers what it is sent."""
    return threading.Event()


@pytest.fixture(scope="module")
def hook(answer):
    with web_server(lambda path: ACCEPT if answer.wait(30) else FAIL) as hook:
        yield hook


@pytest.fixture(scope="module")
def site(mould, hook):
    with Cast(mould, LOADMON_INTERVAL="0.2") as site:
        site.silence_rules()
        for name in ("hook", EVIL):
            site.execute(RECEIVER, name, hook.at("hook" if name == "hook" else "other"))
        site.start_web()
        site.start("notifier", "-m", "tests.stages.notifier")
        site.start_sampler()
        yield site


@pytest.fixture(autouse=True)
def calm(site):
    """Each test begins without a load test; the CPU rule fires only when it is let.

    It waits for longer than all tests here take: what others do on this machine meanwhile counts from the first of them on.
    """
    site.execute("update monitor_loadtest set cancel_requested = 1 where state in ('requested', 'running')")
    until(lambda: not drills(site, "state in ('requested', 'running')"), "the end of an older load test")
    site.silence_rules()
    until(lambda: not site.query("select 1 from monitor_alert a join monitor_host h on h.id = a.host_id"
                                 " where h.name = 'testhost' and resolved_at is null"), "the end of its alert")  # fmt: skip
    site.execute(
        "update monitor_rule set enabled = 1, window_seconds = 2, for_seconds = 300, hold_seconds = 1, threshold = 10,"
        " clear_threshold = 5 where name = 'CPU'"
    )


def drills(site, condition):
    return site.query(f"select id from monitor_loadtest where {condition}")


def let_fire(site):
    site.execute("update monitor_rule set for_seconds = 0 where name = 'CPU'")


def ask(page):
    """Fill the form in for a drill, up to its question."""
    page.get_by_label("Prove that alerts arrive").check()
    expect(slot(page, "drill-note")).to_contain_text("CPU must fire within")


def test_a_drill_goes_from_the_click_to_its_report_and_the_report_stays(site, hook, answer, tabs):
    page = tabs("admin")
    page.goto("/")
    expect(chip(page)).to_have_attribute("data-state", "live")
    ask(page)
    page.get_by_label(EVIL).uncheck()
    page.get_by_role("button", name="Start load test").click()
    expect(slot(page, "load-test-question")).to_contain_text(
        "It passes if CPU fires in time and hook gets the message."
    )
    page.get_by_role("button", name="Start now").click()
    expect(slot(page, "load-test-label")).to_contain_text("CPU must fire within")
    until(lambda: drills(site, "state = 'running'"), "a running drill")
    let_fire(site)
    expect(slot(page, "load-test-label")).to_contain_text("The alert has fired; waiting for its messages.")
    assert hook.keys() == []
    answer.set()
    for _ in range(2):
        assert_passed(page)
        page.reload()
    key, message = [each for each in hook.of("hook") if each[1]["type"] == "alert.fired"][-1]
    assert message["drill"] is True
    assert site.query("select state from monitor_notification where key = ?", key) == [("sent",)]
    assert site.query(
        "select seen_in_browser_at is not null from monitor_loadtest order by id desc limit 1"
    ) == [(1,)]


def assert_passed(page):
    report = slot(page, "load-test-report")
    expect(report.locator('[data-outcome="passed"]')).to_contain_text(
        re.compile(r"^\s*Passed \(drill of .* by admin.*\)")
    )
    lines = report.get_by_role("listitem")
    expect(lines).to_have_count(3)
    expect(lines.nth(0)).to_have_text(
        re.compile(r"^CPU fired within the [\d.]+ s that it promises, and its receiver")
    )
    expect(lines.nth(1)).to_have_text(
        re.compile(r"Threshold crossed .*, stored \+[\d.]+ s, in the browser \+[\d.]+ s\.$")
    )
    expect(lines.nth(2)).to_have_text(re.compile(r"^hook: webhook accepted \+[\d.]+ s\.$"))


def test_a_drill_that_runs_can_be_cancelled(site, tabs):
    page = tabs("admin")
    page.goto("/")
    ask(page)
    page.get_by_role("button", name="Start load test").click()
    page.get_by_role("button", name="Start now").click()
    until(lambda: drills(site, "state = 'running'"), "a running drill")
    page.get_by_role("button", name="Cancel").click()
    expect(slot(page, "load-test-report")).to_contain_text("Cancelled (")


def test_a_disk_test_counts_writers_and_says_where_no_rule_is_there_to_prove(tabs):
    page = tabs("admin")
    page.goto("/")
    page.get_by_label("Keep busy").select_option("the disk")
    expect(page.get_by_label("Writers")).to_be_visible()
    page.get_by_label("Prove that alerts arrive").check()
    expect(slot(page, "drill-note")).to_contain_text("No rule that judges a mean of the I/O pressure")


def test_the_form_is_filled_in_by_keyboard_alone(tabs):
    page = tabs("admin")
    page.goto("/")
    page.get_by_label("Prove that alerts arrive").focus()
    page.keyboard.press("Space")
    box = page.get_by_label("hook")
    expect(box).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(box).to_be_focused()
    page.keyboard.press("Space")
    expect(box).not_to_be_checked()


@THEMES
def test_axe_finds_nothing_on_the_card_of_a_drill_on_a_phone(site, tabs, theme):
    site.execute(
        "insert into monitor_loadtest (host_id, requested_at, started_at, ended_at, kind, seconds, workers, state,"
        " cancel_requested, expects_alert, passed, report) select id, :now, :now, :now, 'cpu', 120, 2, 'finished', 0, 1,"
        " 0, :report from monitor_host where name = 'testhost'",
        {"now": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
         "report": f"Failed: CPU fired in time; 1 of 2 receivers was not told.\n{EVIL * 3}: webhook refused."},
    )  # fmt: skip
    page = tabs("admin", color_scheme=theme, viewport=PHONE)
    page.goto("/")
    ask(page)
    expect(slot(page, "load-test-report").locator('[data-outcome="failed"]')).to_contain_text(
        "Failed (drill of"
    )
    expect(slot(page, "load-test-report")).to_contain_text(EVIL)
    assert violations(page) == []
    assert width(page) <= PHONE["width"]


def test_too_few_seconds_are_told_beside_the_field_before_the_start(tabs):
    page = tabs("admin")
    page.goto("/")
    note = slot(page, "load-seconds-note")
    page.get_by_label("Seconds").fill("5")
    expect(note).to_contain_text("Too short to be sure of an alert: CPU promises")
    page.get_by_role("button", name="Start load test").click()
    expect(slot(page, "load-test-question")).to_contain_text("Too short to be sure of an alert")
    page.get_by_role("button", name="Back").click()
    page.get_by_label("Prove that alerts arrive").check()
    page.get_by_label("Seconds").fill("5")
    expect(note).to_have_class("wide field-error")
    page.get_by_role("button", name="Start load test").click()
    expect(slot(page, "load-test-question")).to_be_hidden()
    expect(page.get_by_label("Seconds")).to_be_focused()
