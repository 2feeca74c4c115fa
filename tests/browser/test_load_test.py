"""A real load test from the page: who may start it, the alert that it raises, its end, and what the admin keeps of it."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.mould import Cast
from tests.browser.reading import NOTE_ANNOUNCEMENTS, chip, slot, value
from tests.stages.servers import until

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture(scope="module")
def site(mould):
    with Cast(mould, LOADMON_INTERVAL="0.2") as site:
        site.silence_rules()
        site.start_web()
        site.start_sampler()
        yield site


@pytest.fixture(autouse=True)
def calm(site):
    """Each test begins without a load test and without an alert of another one."""
    site.silence_rules()
    site.execute("update monitor_loadtest set cancel_requested = 1 where state in ('requested', 'running')")
    until(lambda: not unfinished(site), "the end of an older load test")


def unfinished(site):
    return site.query("select id from monitor_loadtest where state in ('requested', 'running')")


def begin(page, seconds):
    """Start a load test as a person would: fill in, start, confirm."""
    page.get_by_label("Seconds").fill(str(seconds))
    page.get_by_role("button", name="Start load test").click()
    expect(slot(page, "load-test-question")).to_contain_text("busy for")
    page.get_by_role("button", name="Start now").click()


def wait_until_it_runs(site):
    until(lambda: site.query("select 1 from monitor_loadtest where state = 'running'"), "a running load test")


def watch_cpu(site):
    """Let the shipped CPU rule judge short spans, now that the load test has begun: before, others may load this machine."""
    site.execute(
        "update monitor_rule set enabled = 1, window_seconds = 1, for_seconds = 0, hold_seconds = 1, threshold = 60,"
        " clear_threshold = 50 where name = 'CPU'"
    )


def let_recover(site, page):
    """Wait for the recovery; on a machine that others keep busy the rule gives way after a while."""
    ended = time.monotonic()

    def recovered():
        if time.monotonic() - ended > 6:
            site.execute(
                "update monitor_rule set threshold = 1000, clear_threshold = 1000, critical_threshold = null, "
                "critical_clear_threshold = null where name = 'CPU'"
            )
        return slot(page, "banner").is_hidden()

    until(recovered, "the recovery", 25)


def test_a_real_load_test_raises_an_alert_that_recovers_and_is_kept(site, tabs):
    page = tabs("admin")
    page.add_init_script(NOTE_ANNOUNCEMENTS)
    page.goto("/")
    expect(slot(page, "banner")).to_be_hidden()
    begin(page, seconds=10)
    wait_until_it_runs(site)
    expect(slot(page, "load-test-label")).to_contain_text("by admin")
    watch_cpu(site)
    assert_alert_is_shown(page)
    expect(slot(page, "load-test-report")).to_contain_text(
        re.compile(r"^Finished \(10 s on .* by admin\)\. CPU reached")
    )
    let_recover(site, page)
    assert_recovery_is_shown(page)
    assert_admin_keeps_it(page)


def assert_alert_is_shown(page):
    expect(slot(page, "banner")).to_be_visible()
    expect(slot(page, "banner-lines")).to_contain_text("during a load test")
    # The next reading may make it critical at once, and is then announced in its place.
    page.wait_for_function("announced.some((words) => /Alert fired.*CPU/.test(words))")
    expect(page).to_have_title(re.compile(r"^\(1\) CPU \d+ %"))
    expect(page.locator("link[data-icon]").last).to_have_attribute("href", re.compile(r"/icons/alert\."))
    newest = slot(page, "log-rows").locator("tr").first
    expect(newest).to_contain_text("ongoing")
    expect(newest).to_contain_text("load test")


def assert_recovery_is_shown(page):
    newest = slot(page, "log-rows").locator("tr").first
    expect(newest).not_to_contain_text("ongoing")
    expect(newest.locator('[data-label="ended"]')).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    expect(page).to_have_title(re.compile(r"^CPU \d+ %"))
    expect(page.locator("link[data-icon]").last).to_have_attribute("href", re.compile(r"/icons/ok\."))


def assert_admin_keeps_it(page):
    page.goto("/admin/monitor/alert/")
    page.locator("#result_list").get_by_role("link", name="CPU").first.click()
    expect(page.locator("#content")).to_contain_text("Resolved")
    changes = page.locator("#transitions-group")
    for change in ("fired", "resolved"):  # on a slow machine no reading may see it recovering
        expect(changes).to_contain_text(change)


def test_cancel_ends_it(site, tabs):
    page = tabs("admin")
    page.goto("/")
    begin(page, seconds=120)
    wait_until_it_runs(site)
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(slot(page, "load-test-report")).to_contain_text("Cancelled")
    expect(page.get_by_role("button", name="Start load test")).to_be_visible()
    assert not unfinished(site)


def test_a_slow_answer_to_the_click_does_not_undo_what_the_socket_told_since(tabs):
    page = tabs("admin")
    answers = []
    page.route("**/api/v1/loadtests", lambda route: answers.append((route, route.fetch())))
    page.goto("/")
    begin(page, seconds=60)
    expect(slot(page, "load-test-label")).to_contain_text("Running by admin on")
    until(lambda: page.evaluate("() => 0") or answers, "the answer that is held back")
    [(route, answer)] = answers
    route.fulfill(response=answer)
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    assert "Running by admin on" in slot(page, "load-test-label").inner_text()


def test_progress_moves(site, tabs):
    page = tabs("admin")
    page.goto("/")
    begin(page, seconds=60)
    bar = slot(page, "load-test-bar")
    until(lambda: bar.is_visible() and 0 < float(bar.evaluate("(bar) => bar.value")) < 0.5, "progress")
    first = float(bar.evaluate("(bar) => bar.value"))
    until(lambda: float(bar.evaluate("(bar) => bar.value")) > first, "more progress")


def test_nothing_starts_before_it_is_confirmed(site, tabs):
    page = tabs("admin")
    page.goto("/")
    before = site.query("select count(*) from monitor_loadtest")
    page.get_by_role("button", name="Start load test").click()
    expect(page.get_by_role("button", name="Start now")).to_be_focused()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("button", name="Start load test")).to_be_visible()
    assert site.query("select count(*) from monitor_loadtest") == before


def test_a_second_tab_sees_it_running_and_has_no_way_to_start_another(tabs):
    one, other = tabs("admin"), tabs("admin")
    for page in (one, other):
        page.goto("/")
        expect(chip(page)).to_have_attribute("data-state", "live")
    begin(one, seconds=60)
    expect(slot(other, "load-test-label")).to_contain_text("Running by admin")
    expect(other.get_by_role("button", name="Start load test")).to_be_hidden()
    other.get_by_role("button", name="Cancel").click()
    expect(slot(one, "load-test-report")).to_contain_text("Cancelled")


def test_a_second_tab_that_does_not_know_yet_is_refused_with_a_sentence(site, tabs):
    tabs.allow("status of 409")
    one, other = tabs("admin"), tabs("admin")
    other.route_web_socket("**/ws/live/**", lambda socket: None)
    for page in (one, other):
        page.goto("/")
    begin(one, seconds=60)
    begin(other, seconds=60)
    expect(slot(other, "load-test-error")).to_contain_text(
        re.compile("A load test of testhost (runs already|waits)")
    )
    assert len(unfinished(site)) == 1


def test_seconds_out_of_bounds_are_refused_with_a_sentence(tabs):
    page = tabs("admin")
    page.goto("/")
    for seconds in ("0", "601", "1.5", "", "-3"):
        page.get_by_label("Seconds").fill(seconds)
        page.get_by_role("button", name="Start load test").click()
        expect(slot(page, "load-test-error")).to_contain_text(f'from 1 to 600, not "{seconds}"')
        expect(slot(page, "load-test-confirm")).to_be_hidden()


def test_nobody_in_particular_is_asked_to_log_in(page):
    page.goto("/")
    card = slot(page, "load-test")
    expect(card.get_by_role("link", name="Log in")).to_have_attribute("href", re.compile(r"^/login/\?next="))
    expect(card.get_by_role("button", name="Start load test")).to_have_count(0)


def test_an_account_without_the_permission_is_told_so(tabs):
    page = tabs("viewer")
    page.goto("/")
    expect(slot(page, "load-test")).to_contain_text("Your account may not start load tests.")
    expect(value(page, "cpu")).to_contain_text("%")
    expect(page.get_by_role("link", name="Admin")).to_have_count(0)


def test_the_request_names_the_host_of_the_page(site, tabs):
    page = tabs("admin")
    page.goto("/")
    expect(chip(page)).to_have_attribute("data-state", "live")
    with page.expect_request(lambda request: request.method == "POST") as posted:
        begin(page, 60)
    assert posted.value.post_data_json["host"] == "testhost"
    with page.expect_request(lambda request: request.method == "DELETE") as ended:
        page.get_by_role("button", name="Cancel").click()
    assert ended.value.url.endswith("?host=testhost")
