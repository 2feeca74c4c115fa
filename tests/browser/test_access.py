"""Who may look: the login page, one-time links, log-outs, and pages of other sites."""

import functools
import http.server
import re
import threading

import pytest
from playwright.sync_api import expect

from tests.browser.mould import PASSWORD, Cast
from tests.browser.reading import chip, slot, style, value

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture(scope="module")
def site(mould):
    """A monitor that shows nothing without a login."""
    with Cast(mould, LOADMON_PUBLIC="no", LOADMON_INTERVAL="0.2") as site:
        site.silence_rules()
        site.start_web()
        site.start_sampler()
        yield site


def try_password(page, name, password):
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_a_stranger_is_led_to_the_login_page_and_back(page):
    page.goto("/?host=testhost")
    expect(page).to_have_title("Log in - Load monitor")
    try_password(page, "viewer", PASSWORD)
    expect(page).to_have_url("/?host=testhost")
    expect(chip(page)).to_have_attribute("data-state", "live")


def test_a_one_time_link_logs_in_once(site, tabs):
    link = next(line for line in site.manage("loginlink").stdout.splitlines() if "sesame=" in line)
    page = tabs()
    page.goto(link)
    page.get_by_role("button", name="Log in").click()
    expect(chip(page)).to_have_attribute("data-state", "live")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    tabs.allow("status of 403")
    later = tabs()
    later.goto(link)
    expect(later.locator("main")).to_contain_text("This login link does not work any more")


def test_wrong_passwords_are_told_and_after_five_even_the_right_one_waits(tabs):
    tabs.allow("status of 429")
    page = tabs()
    page.goto("/login/")
    for _ in range(4):
        try_password(page, "admin", "guess")
        expect(page.get_by_role("alert")).to_contain_text("correct username and password")
        expect(page.get_by_label("Password")).to_have_value("")
    try_password(page, "admin", "guess")
    expect(page.locator("body")).to_contain_text("Too many")
    page.goto("/login/")
    try_password(page, "admin", PASSWORD)
    expect(page.locator("body")).to_contain_text(re.compile("Too many.*5 minutes", re.DOTALL))


def test_a_log_out_in_one_tab_ends_the_other_at_once_and_says_so(tabs):
    # What the page had just asked for as its session ended:
    tabs.allow(r"status of 401 .*/api/v1/(samples|usage)\?")
    page = tabs()
    page.goto("/login/")
    try_password(page, "viewer", PASSWORD)
    expect(chip(page)).to_have_attribute("data-state", "live")
    bright = style(value(page, "cpu"), "color")
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Log out").click()
    expect(other).to_have_title("Log in - Load monitor")
    expect(chip(page)).to_contain_text("your session has ended")  # long before the check of each minute
    expect(slot(page, "verdict-text")).to_contain_text("Last seen at")
    assert style(value(page, "cpu"), "color") != bright
    chip(page).get_by_role("link", name="Log in").click()
    expect(page).to_have_title("Log in - Load monitor")


class Silent(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and keeps quiet about it."""

    def log_message(self, *arguments):
        pass


@pytest.fixture
def foreign(tmp_path):
    """The origin of another site on this machine: an empty page, on a port of its own."""
    (tmp_path / "index.html").write_text("<!doctype html><link rel=icon href='data:,'><title>Evil</title>")
    handler = functools.partial(Silent, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


# Resolves with what a page on `origin` can get out of the socket of ours.
LISTEN = """
(url) => new Promise((resolve) => {
  const heard = [];
  const socket = new WebSocket(url);
  socket.onopen = () => heard.push("open");
  socket.onmessage = () => { heard.push("message"); resolve(heard); };
  socket.onclose = () => { heard.push("close"); resolve(heard); };
})
"""
FETCH = '(url) => fetch(url, { credentials: "include" }).then((answer) => answer.text(), () => "refused")'


def test_a_page_of_another_site_can_neither_listen_nor_read(site, tabs, foreign):
    tabs.allow("WebSocket connection to .* failed|CORS policy|ERR_FAILED|ERR_BLOCKED|NotSameOrigin")
    tabs.record.hosts.add(foreign)
    page = tabs("admin")
    page.goto(f"http://{foreign}/")
    assert page.evaluate(LISTEN, f"ws://127.0.0.1:{site.port}/ws/live/") == ["close"]
    assert page.evaluate(FETCH, f"{site.url}/api/v1/samples") == "refused"
    page.goto("/")
    assert page.evaluate(LISTEN, f"ws://127.0.0.1:{site.port}/ws/live/") == ["open", "message"]


def test_a_page_of_another_site_cannot_frame_ours(site, tabs, foreign):
    tabs.allow("Refused to (frame|display)|frame-ancestors|X-Frame-Options|ERR_BLOCKED_BY_RESPONSE")
    tabs.record.hosts.add(foreign)
    page = tabs("admin")
    page.goto(f"http://{foreign}/")
    embed = "(url) => document.body.append(Object.assign(document.createElement('iframe'), { src: url }))"
    with page.expect_event("requestfailed") as failed:
        page.evaluate(embed, site.url)
    assert failed.value.url == f"{site.url}/"
    assert "ERR_BLOCKED_BY_RESPONSE" in failed.value.failure


def test_a_page_of_another_site_cannot_start_a_load_test(site, tabs, foreign):
    tabs.allow("CORS policy|ERR_FAILED|status of 40|ERR_BLOCKED_BY_RESPONSE")
    tabs.record.hosts.add(foreign)
    count = "select count(*) from monitor_loadtest"
    before = site.query(count)
    page = tabs("admin")
    page.goto(f"http://{foreign}/")
    page.evaluate(
        """(url) => fetch(url, { method: "POST", mode: "no-cors", credentials: "include",
             headers: { "Content-Type": "text/plain" }, body: '{"seconds": 5, "workers": 1}' }).catch(() => null)""",
        f"{site.url}/api/v1/loadtests",
    )
    assert site.query(count) == before
