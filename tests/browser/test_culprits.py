"""The panel "By what": first paint, live, empty, old, hostile names, and that it fits everybody."""

import json
import re
import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.axe import PHONE, THEMES, violations
from tests.browser.fakesocket import FakeSocket
from tests.browser.mould import EVIL
from tests.browser.reading import slot, width
from tests.stages.snapshots import document, row, waiting

pytestmark = pytest.mark.browser

STARTS = {"pid": 4711, "name": "bash", "cpu_percent": 170.0}
RTL = "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET}"


@pytest.fixture(autouse=True)
def fresh(site):
    """The newest samples are of now, and nobody is to blame unless a test says so."""
    site.freshen()
    yield
    site.execute("update monitor_host set busy = null, busy_at = null")


def busy(site, age=1.0, **fields):
    """Store what keeps testhost busy, as of `age` seconds ago."""
    at = time.time() - age
    found = document(at=round(at * 1000), **fields)
    moment = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    site.execute(
        "update monitor_host set busy = ?, busy_at = ? where name = 'testhost'", json.dumps(found), moment
    )
    return found


def rows(page, name):
    """The rows of one list as texts."""
    return page.locator(f'[data-slot="culprits-{name}"] tbody tr').all_inner_texts()


def open_silent(page):
    page.route_web_socket("**/ws/live/**", lambda socket: None)
    page.goto("/")
    expect(slot(page, "culprits-line")).not_to_be_empty()
    return page


def test_the_first_paint_names_the_culprits_by_cpu_memory_waiting_and_together(site, page):
    group = {
        "name": "video.service",
        "kind": "unit",
        "cpu_percent": 181.0,
        "rss_bytes": 2**30,
        "processes": 2,
    }
    busy(
        site,
        by_cpu=[row("ffmpeg", 180.4, unit="video.service"), row("make", 20.0, 2)],
        by_memory=[row("java", rss=3 * 2**30)],
        blocked=[waiting("rsync", "nfs_wait", 5)],
        groups=[group | {"blocked": 0}],
    )
    open_silent(page)
    assert [re.sub(r"\s+", " ", text) for text in rows(page, "cpu")] == [
        "ffmpeg pid 1, video.service 180 %",
        "make pid 2, anna 20 %",
    ]
    assert re.sub(r"\s+", " ", rows(page, "memory")[0]) == "java pid 1, anna 3.0 GiB"
    assert re.sub(r"\s+", " ", rows(page, "waiting")[0]) == "rsync pid 1, anna, in nfs_wait 5"
    assert "video.service" in rows(page, "groups")[0]
    expect(slot(page, "culprits-line")).to_contain_text("100 processes")


def test_a_calm_machine_says_so(site, page):
    busy(site)
    open_silent(page)
    expect(slot(page, "culprits-cpu")).to_contain_text("Nothing uses much CPU.")
    expect(slot(page, "culprits-waiting")).to_contain_text("Nothing waits.")
    expect(slot(page, "culprits-cpu").locator("table")).to_be_hidden()


def test_what_is_hidden_gone_or_no_process_is_told(site, page):
    busy(
        site,
        tasks={"running": 2.0, "blocked": 0, "processes": 2, "threads": 2},
        hidden_tasks=185,
        hidden_reason="hidepid",
        by_cpu=[row("python3 invoice_export.py", 99.0, 4712, gone=True), row("make", 20.0, 4713)],
        by_memory=[row("loadmon-web", rss=2**27)],
        memory={"used_bytes": 31 * 2**30, "shared_bytes": 28 * 2**30},
        short_lived={"started_per_second": 148.0, "cpu_percent": 170.0, "by": [STARTS]},
    )
    open_silent(page)
    expect(slot(page, "culprits-line")).to_contain_text("2 processes seen at")
    expect(slot(page, "culprits-line")).to_contain_text("; 185 tasks cannot be seen from here (hidepid); ")
    expect(slot(page, "culprits-waiting")).to_contain_text("Nothing that can be seen waits.")
    assert [re.sub(r"\s+", " ", text) for text in rows(page, "cpu")] == [
        "started by bash gone again, pid 4711 170 %",
        "python3 invoice_export.py gone now, pid 4712, anna 99 %",
        "make pid 4713, anna 20 %",
    ]
    assert re.sub(r"\s+", " ", rows(page, "memory")[0]) == "tmpfs and shared memory 28.0 GiB"


def test_without_a_scan_nobody_is_blamed(page):
    open_silent(page)
    expect(slot(page, "culprits-line")).to_have_text(
        "Not known: no look at the processes within the last minute."
    )
    expect(slot(page, "culprits-tables")).to_be_hidden()


def test_an_old_scan_is_not_shown(site, page):
    busy(site, age=120.0, by_cpu=[row("ffmpeg", 90.0)])
    open_silent(page)
    expect(slot(page, "culprits")).not_to_contain_text("ffmpeg")


def test_names_that_are_markup_are_shown_as_text_and_do_nothing(site, page):
    names = [EVIL, "<script>alert(1)</script>", RTL, "a" * 64, "</script><b>x"]
    many = [row(name, 50.0, pid, unit=EVIL, rss=pid) for pid, name in enumerate(names, 1)]
    busy(site, by_cpu=many, by_memory=many[:5], blocked=[waiting(EVIL, EVIL)])
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
    open_silent(page)
    for name in names:
        assert name in "\n".join(rows(page, "cpu"))
    assert page.locator(".culprits img, .culprits script, .culprits b").count() == 0
    assert dialogs == []


def test_live_news_change_the_lists(page):
    socket = FakeSocket(page)
    first = socket.open()
    socket.greet(first)
    now = first["server_time"]
    for name in ("ffmpeg", EVIL):
        socket.say("status", at=now, busy=document(at=now, by_cpu=[row(name, 150.0)]))
        expect(slot(page, "culprits-cpu")).to_contain_text(name)
        assert len(rows(page, "cpu")) == 1
    socket.say("status", at=now, busy=document(at=now))
    expect(slot(page, "culprits-cpu")).to_contain_text("Nothing uses much CPU.")
    assert page.locator(".culprits img").count() == 0


def test_groups_at_work_are_told_each_second_without_a_scan_and_not_once_samples_stop(site, page):
    page.clock.install()
    socket = FakeSocket(page)
    first = socket.open()
    socket.greet(first)
    latest = first["latest"]
    page.clock.pause_at(first["server_time"] / 1000 + 25)
    line = slot(page, "culprits-at-work")

    def sample(number, **groups):
        found = [
            {"name": name, "kind": "service", "user": "", "cpu_percent": used}
            for name, used in groups.items()
        ]
        socket.sample(
            latest["id"] + number,
            latest["id"] + number - 1,
            latest["at"] + (25 + number) * 1000,
            groups=found,
        )
        page.clock.run_for(1000)

    sample(1)
    expect(line).to_be_hidden()
    sample(2, web=40.0, make=30.0)
    expect(line).to_have_text("At work now: web 40 % of a core, make 30 %.")
    sample(3, make=42.0, web=40.0)
    expect(line).to_have_text("At work now: web 40 % of a core, make 42 %.")
    sample(4)
    expect(line).to_have_text("At work now: no service, container or session.")
    sample(5, web=40.0)
    page.clock.run_for(60_000)
    expect(line).to_have_text("At work now: not known.")


COUNT_SHIFTS = """() => {
  globalThis.shifts = 0;
  new PerformanceObserver((list) => (shifts += list.getEntries().length)).observe({ type: "layout-shift" });
}"""


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, PHONE], ids=["desktop", "phone"])
def test_what_stands_below_does_not_move_when_rows_come_and_go(tabs, viewport):
    page = tabs("admin", viewport=viewport)
    socket = FakeSocket(page)
    first = socket.open()
    socket.greet(first)
    now = first["server_time"]
    socket.say("status", at=now, busy=document(at=now), stale_after_ms=600_000)
    expect(slot(page, "culprits-tables")).to_be_visible()
    # The answer that nobody has used it is there:
    expect(slot(page, "usage-text")).to_contain_text("is known after")
    start = slot(page, "load-test-start")
    start.scroll_into_view_if_needed()
    where = start.bounding_box()
    page.evaluate(COUNT_SHIFTS)
    for many in (12, 1, 5, 0):
        found = [row("n" * 64, 99.0, pid, unit="u" * 64, rss=2**30) for pid in range(many)]
        groups = [
            {
                "name": "g" * 40,
                "kind": "unit",
                "cpu_percent": 1.0,
                "rss_bytes": 1,
                "processes": 2,
                "blocked": 0,
            }
        ]
        short = {
            "cpu_percent": 66.0 if many else 0.0,
            "by": [{"pid": 1, "name": "bash", "cpu_percent": 9.0}] * 3,
        }
        fields = {
            "by_cpu": found[:8],
            "by_memory": found[:5],
            "groups": groups * min(many, 6),
            "short_lived": short,
        }
        socket.say("status", at=now, busy=document(at=now, blocked=[waiting("w")] * many, **fields))
        expect(slot(page, "culprits-waiting").locator("tbody tr")).to_have_count(min(many, 5))
        assert start.bounding_box() == where
    assert page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done(shifts)))") == 0


def test_without_javascript_the_culprits_are_a_list(site, tabs):
    busy(site, by_cpu=[row(EVIL, 150.0)], short_lived={"cpu_percent": 170.0, "by": [STARTS]})
    page = tabs(java_script_enabled=False)
    page.goto("/")
    told = ["started by bash, gone again: 170 % of one core", f"{EVIL}: 150 % of one core"]
    expect(page.locator(".culprits li")).to_have_text(told)
    assert page.locator("img").count() == 0


@THEMES
def test_axe_finds_nothing_and_a_phone_needs_no_sideways_scrolling(site, tabs, theme):
    many = [
        row("n" * 64, 99.0, pid, unit="u" * 64 if pid % 2 else "cron.service", rss=2**30) for pid in range(8)
    ]
    busy(site, by_cpu=many, by_memory=many[:5], blocked=[waiting("w" * 64, "k" * 64, 5)])
    page = open_silent(tabs(color_scheme=theme, viewport=PHONE))
    assert len(rows(page, "cpu")) == 8
    assert violations(page) == []
    assert width(page) <= PHONE["width"]
