"""The connection chip and what hangs on it, with a faked socket and a faked clock: no second is waited for."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.fakesocket import FakeSocket
from tests.browser.reading import chip, points, slot, style, value
from tests.stages.servers import until

pytestmark = pytest.mark.browser


@pytest.fixture
def socket(site, page):
    """A page on a clock that the test moves; its newest sample is of now."""
    site.freshen()
    page.clock.install()
    [(last,)] = site.query("select max(id) from monitor_sample")
    yield FakeSocket(page)
    site.execute("delete from monitor_sample where id > ?", last)


@pytest.fixture
def first(socket):
    """The first paint of the page, whose socket is open and has greeted."""
    first = socket.open()
    socket.greet(first)
    expect(chip(socket.page)).to_have_attribute("data-state", "live")
    return first


def test_the_chip_says_connecting_and_then_live_with_the_age(socket):
    page, first = socket.page, socket.open()
    expect(slot(page, "chip-word")).to_have_text("Connecting")
    page.clock.pause_at(first["server_time"] / 1000 + 25)
    at = first["server_time"] + 24_000
    socket.sample(first["latest"]["id"] + 1, first["latest"]["id"], at)

    def is_live():
        page.clock.run_for(10)  # the chip is drawn anew each second, however long the frame is on its way
        return slot(page, "chip-word").inner_text() == "Live"

    until(is_live, "a page that is live")
    told = int(slot(page, "chip-detail").inner_text().removesuffix(" s ago"))
    age = (page.evaluate("() => Date.now()") - at) / 1000
    assert age - 1.6 <= told <= age + 0.6  # rounded to seconds, and at most one second old
    expect(chip(page).locator("use")).to_have_attribute("href", "#icon-live")


def test_a_silent_sampler_is_told_in_words_and_dims_the_figures(socket, first):
    page = socket.page
    bright = style(value(page, "cpu"), "color")
    page.clock.fast_forward(6000)
    expect(chip(page)).to_have_attribute("data-state", "stale")
    expect(slot(page, "chip-detail")).to_have_text(re.compile(r"no sample for \d+ s"))
    expect(slot(page, "verdict-text")).to_contain_text(re.compile(r"Not known now. Last seen at .* s ago"))
    expect(page).to_have_title(re.compile("^Stale - Load monitor"))
    assert style(value(page, "cpu"), "color") != bright
    assert page.locator("link[data-icon]").last.get_attribute("href").find("stale") > 0


@pytest.fixture
def ahead(socket, site):
    """All samples lie two hours ahead of the clock, and of the alerts that other tests see beside them."""
    [(stopped_at,)] = site.query("select sampler_stopped_at from monitor_host where name = 'testhost'")
    site.execute("update monitor_host set sampler_stopped_at = null where name = 'testhost'")
    site.execute("update monitor_sample set taken_at_ms = taken_at_ms + 7200000")
    yield
    site.execute("update monitor_sample set taken_at_ms = taken_at_ms - 7200000")
    site.execute("update monitor_host set sampler_stopped_at = ? where name = 'testhost'", stopped_at)


@pytest.mark.usefixtures("ahead")
def test_samples_that_lie_ahead_of_the_clock_are_not_live(socket):
    page = socket.page
    socket.greet(socket.open())
    expect(slot(page, "chip-word")).to_have_text("Not known")
    expect(slot(page, "chip-detail")).to_have_text(
        re.compile(r"^the newest sample lies (2 h|1 h 59 min) ahead of the clock$")
    )
    expect(slot(page, "verdict-text")).to_contain_text("whether the sampler runs, is not known")
    expect(slot(page, "notices")).to_contain_text("manage.py doctor tells")
    page.clock.fast_forward(6000)
    expect(slot(page, "chip-word")).to_have_text("Not known")


def test_a_sample_makes_a_stale_page_live_and_bright_again(socket, first):
    page = socket.page
    bright = style(value(page, "cpu"), "color")
    page.clock.fast_forward(60_000)
    expect(chip(page)).to_have_attribute("data-state", "reconnecting")
    socket.wait(2)
    socket.sample(
        first["latest"]["id"] + 1, first["latest"]["id"], first["latest"]["at"] + 61_000, cpu_percent=12.0
    )
    expect(chip(page)).to_have_attribute("data-state", "live")
    expect(page).to_have_title(re.compile("^CPU 12 % - Load monitor"))
    assert style(value(page, "cpu"), "color") == bright


def test_a_restart_of_the_server_is_told_with_the_number_of_the_try(socket, first):
    page = socket.page
    socket.close(1012)
    expect(slot(page, "chip-word")).to_have_text("Reconnecting")
    expect(slot(page, "chip-detail")).to_have_text(re.compile(r"try 1, (in 1 s|now)"))
    page.clock.run_for(1500)
    socket.wait(2)
    socket.greet(first)
    expect(slot(page, "chip-word")).to_have_text(re.compile("Live|Stale"))


def test_a_link_that_dies_without_a_word_is_given_up_after_two_heartbeats(socket, first):
    socket.page.clock.run_for(30_000)
    assert len(socket.routes) == 1
    socket.page.clock.run_for(10_000)
    socket.wait(2)


def test_an_unknown_host_is_final(socket, first):
    page = socket.page
    socket.close(4404)
    expect(slot(page, "chip-word")).to_have_text("Unknown host")
    page.clock.run_for(60_000)
    assert len(socket.routes) == 1


def test_the_end_of_the_login_is_final_and_leads_to_the_login_page(socket, first):
    page = socket.page
    socket.close(4401)
    page.clock.run_for(2000)
    socket.wait(2)  # it asks once more: another tab may have logged in since
    socket.close(4401)
    expect(chip(page)).to_contain_text("your session has ended")
    expect(page).to_have_title(re.compile("^Not connected - Load monitor"))
    expect(chip(page).get_by_role("link", name="Log in")).to_have_attribute("href", "/login/?next=%2F")


def test_samples_that_the_socket_missed_are_fetched_by_id_once(site, socket, first):
    page, newest = socket.page, first["latest"]
    for second in (1, 2, 3):
        site.execute(
            "insert into monitor_sample (host_id, taken_at_ms, covered_ms, cpu_percent) values"
            " ((select id from monitor_host where name = 'testhost'), ?, 1000, 61)",
            newest["at"] + second * 1000,
        )
    [(last,)] = site.query("select max(id) from monitor_sample")
    socket.sample(last, last - 1, newest["at"] + 3000, cpu_percent=61.0)
    until(lambda: points(page)[-4:] == site.stored()[-4:], "the samples between")


def test_the_same_sample_twice_is_one_point(socket, first):
    page, newest = socket.page, first["latest"]
    for _ in range(2):
        socket.sample(newest["id"] + 5000, newest["id"], newest["at"] + 1000, cpu_percent=77.0)
    socket.sample(newest["id"] + 5001, newest["id"] + 5000, newest["at"] + 2000, cpu_percent=78.0)
    expect(value(page, "cpu")).to_have_text("78.0 %")
    assert [y for _, y in points(page)[-3:]] == [pytest.approx(newest["values"]["cpu_percent"]), 77.0, 78.0]


def test_a_sample_that_was_not_stored_yet_is_one_point_when_it_comes_with_its_id(socket, first):
    page, newest = socket.page, first["latest"]
    socket.sample(None, None, newest["at"] + 1000, cpu_percent=77.0)
    expect(value(page, "cpu")).to_have_text("77.0 %")
    socket.sample(newest["id"] + 5000, newest["id"], newest["at"] + 1000, cpu_percent=77.0)
    socket.sample(newest["id"] + 5001, newest["id"] + 5000, newest["at"] + 2000, cpu_percent=78.0)
    expect(value(page, "cpu")).to_have_text("78.0 %")
    assert [y for _, y in points(page)].count(77.0) == 1


def test_samples_that_the_server_fills_in_bring_no_verdict_and_leave_the_last_one(tabs, socket, first):
    """The hub reads what it missed from the database: only the last of those frames carries verdict and means."""
    page, newest = socket.page, first["latest"]
    told = slot(page, "verdict-text").inner_text()
    values = {"cpu_percent": 77.0, "load1": 1.0, "load5": 1.0, "load15": 1.0}
    at = newest["at"] + 1000
    socket.say(
        "sample", id=newest["id"] + 5000, previous_id=newest["id"], at=at, covered_ms=1000, values=values
    )
    expect(value(page, "cpu")).to_have_text("77.0 %")
    assert slot(page, "verdict-text").inner_text() == told
    assert not tabs.record.lines


def test_an_hour_of_samples_leaves_twenty_minutes(socket, first):
    page, newest = socket.page, first["latest"]
    for step in range(1, 721):
        number = newest["id"] + 5000 + step
        socket.sample(
            number,
            number - 1 if step > 1 else newest["id"],
            newest["at"] + step * 5000,
            cpu_percent=step / 10,
        )
    expect(value(page, "cpu")).to_have_text("72.0 %")
    assert len(points(page)) == 241
    assert points(page)[-1][0] - points(page)[0][0] == 1_200_000


def test_an_alert_is_told_by_the_mean_that_its_rule_judges(socket, first):
    page, newest = socket.page, first["latest"]
    alert = {"id": 1, "host": "testhost", "rule": "CPU", "metric": "cpu_percent", "severity": "warning", "state": "firing",
             "started_at": newest["at"], "fired_at": newest["at"], "resolved_at": None, "last_seen_at": newest["at"],
             "threshold": 75.0, "clear": 65.0, "value": 80.0, "peak": 82.0, "is_test": False, "end_observed": True,
             "acknowledged_at": None, "statistic": "mean", "window_seconds": 120,
             "condition": "CPU busy, mean of 2 min, at 75 % or above", "peak_word": "peak", "silenced": False}  # fmt: skip
    socket.say("alerts", open=[alert], recent=[alert], count_24h=1)
    socket.sample(newest["id"] + 5000, newest["id"], newest["at"] + 1000, cpu_percent=100.0, mean=81.0)
    expect(slot(page, "banner-lines")).to_contain_text("mean of 2 min")
    expect(slot(page, "banner-lines")).to_contain_text("now 81.0 %, peak 82.0 %")
    expect(page).to_have_title(re.compile(r"^\(1\) CPU 100 %"))


def test_an_alert_counts_no_longer_as_now_when_no_samples_come(socket, first):
    page, newest = socket.page, first["latest"]
    alert = {"id": 1, "host": "testhost", "rule": "CPU", "metric": "cpu_percent", "severity": "warning", "state": "firing",
             "started_at": newest["at"], "fired_at": newest["at"], "resolved_at": None, "last_seen_at": newest["at"],
             "threshold": 75.0, "clear": 65.0, "value": 80.0, "peak": 82.0, "is_test": False, "end_observed": True,
             "acknowledged_at": None, "statistic": "mean", "window_seconds": 0,
             "condition": "CPU busy at 75 % or above", "peak_word": "peak", "silenced": False}  # fmt: skip
    socket.say("alerts", open=[alert], recent=[alert], count_24h=1)
    page.clock.run_for(10_000)
    expect(chip(page)).to_have_attribute("data-state", "stale")
    expect(slot(page, "banner-lines")).to_contain_text(re.compile(r"last [\d.]+ % at [\d:]+, peak 82"))
    expect(slot(page, "banner-lines")).not_to_contain_text("now")


def test_pause_holds_the_charts_while_data_still_arrive(socket, first):
    page, newest = socket.page, first["latest"]
    page.get_by_role("button", name="Pause").click()
    expect(slot(page, "chip-word")).to_have_text("Paused")
    before = points(page)
    socket.sample(newest["id"] + 5000, newest["id"], newest["at"] + 1000, cpu_percent=77.0)
    page.clock.run_for(2000)
    assert points(page) == before
    page.get_by_role("button", name="Resume").click()
    expect(value(page, "cpu")).to_have_text("77.0 %")
    assert points(page)[-1][1] == 77.0


def test_a_pause_of_more_than_the_window_keeps_what_was_shown_whatever_is_clicked(socket, first):
    page, newest = socket.page, first["latest"]
    page.get_by_role("button", name="Pause").click()
    before = points(page)
    late = newest["at"] + 1_500_000
    socket.sample(newest["id"] + 1, newest["id"], late, cpu_percent=77.0)
    page.clock.run_for(2000)
    page.get_by_label("5 min", exact=True).uncheck()
    page.get_by_label("Theme").select_option("dark")
    assert points(page) == before
    page.get_by_role("button", name="Resume").click()
    expect(value(page, "cpu")).to_have_text("77.0 %")
    assert [at for at, _ in points(page)] == [late]


@pytest.mark.parametrize(
    ("sampler", "sentence"),
    [
        (
            {"state": "storing_failed", "waiting": 7, "message": "The disk is full."},
            "The disk is full.*7 samples wait",
        ),
        ({"state": "stopped", "message": "The sampler was stopped."}, "The sampler was stopped.*runsampler"),
        ({"state": "running", "failing": {"disk": "it is gone."}}, "Disk figures are missing: it is gone."),
    ],
)
def test_trouble_of_the_sampler_is_told_in_a_sentence(socket, first, sampler, sentence):
    socket.say("status", at=first["server_time"], sampler=sampler, host=first["host"], load_test=None)
    expect(slot(socket.page, "notices")).to_contain_text(re.compile(sentence))


def test_frames_that_make_no_sense_change_nothing(socket, first):
    newest = first["latest"]
    for junk in ("{", "[]", '"text"', "17", '{"type": "alien"}', "{}"):
        socket.routes[-1].send(junk)
    socket.sample(newest["id"] + 5000, newest["id"], newest["at"] + 1000, cpu_percent=77.0)
    expect(value(socket.page, "cpu")).to_have_text("77.0 %")
