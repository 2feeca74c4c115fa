"""The list of alerts and the page of each one in a real browser: filters, keys, deeds, sharing, markup in names."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DESKTOP, PHONE, THEMES, violations
from tests.browser.mould import EVIL, Cast
from tests.browser.reading import slot, width
from tests.stages.servers import until

pytestmark = pytest.mark.browser

# An alert with everything, on the host "hostile": evidence, messages and notes full of markup.
STOCK = f"""
import time
from monitor.models import Evidence, Host
from tests import factories as make

EVIL = {EVIL!r}
now = time.time_ns() // 1_000_000
host = Host.objects.get(name="hostile")
alert = make.make_alert(host, now - 120_000, rule_name=EVIL + " rule", explanation=EVIL + " did it", critical_threshold=95.0)
alert.transitions.create(at=alert.fired_at, change="fired", value=80.0, severity="warning")
alert.transitions.create(at=alert.fired_at, change="note", note=EVIL)
row = dict.fromkeys(("name", "unit", "user", "waits_in", "kind"), EVIL)
row |= dict(pid=7, cpu_percent=90.0, rss_bytes=1, command="secret " + EVIL, threads=1)
document = dict(load1=9.2, by_cpu=[row] * 7, by_memory=[row], blocked=[row], groups=[row], truncated=True)
for moment in ("onset", "peak", "recovery"):
    Evidence.objects.create(alert=alert, moment=moment, at=alert.fired_at, value=80.0, sentence=EVIL + " did it",
                            document=document)
message = alert.notifications.create(
    key="k", receiver_name=EVIL, kind="fired", severity="warning", state="failed", reason=EVIL,
    created_at=alert.fired_at, next_attempt_at=alert.fired_at)
message.tries.create(started_at=alert.fired_at, duration_ms=31000, delivered=False, answer=EVIL)
print(alert.pk)
"""


@pytest.fixture(scope="module")
def site(mould):
    """An installation of its own: these tests change alerts."""
    with Cast(mould) as site:
        site.rich = int(site.shell(STOCK).splitlines()[-1])
        site.start_web()
        yield site


def open_alert(site) -> int:
    """The id of a fresh open alert of "testhost"."""
    code = (
        "from monitor.models import Host; from tests import factories as make; import time;"
        "now = time.time_ns() // 1_000_000;"
        "print(make.make_alert(Host.objects.get(name='testhost'), now - 60_000).pk)"
    )
    return int(site.shell(code).splitlines()[-1])


# Looking


@THEMES
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_the_list_and_on_an_alert_with_everything(site, tabs, theme, size):
    page = tabs("admin", color_scheme=theme, viewport=size)
    for path in ("/alerts/", "/alerts/?q=nothing", f"/alerts/{site.rich}/"):
        page.goto(path)
        expect(page.locator("main")).to_be_visible()
        assert violations(page) == []
        assert width(page) <= size["width"]


def test_markup_in_names_and_notes_is_text_everywhere(site, tabs):
    page = tabs("admin", viewport=DESKTOP)
    for path in (
        "/alerts/",
        f"/alerts/{site.rich}/",
        "/?host=hostile",
        f"/admin/monitor/alert/{site.rich}/change/",
    ):
        page.goto(path)
        expect(page.locator("body")).to_contain_text(EVIL)
        assert page.locator("img[src=x]").count() == 0


MARKED = f"""
from django.utils import timezone
from django.contrib.auth import get_user_model
from monitor.alerts import actions
from monitor.models import Alert, Receiver, Rule, Silence
now, rule = timezone.now(), Rule.objects.get(name={EVIL!r})
Silence.objects.create(rule=rule, starts_at=now, note={EVIL!r})
Receiver.objects.create(name={EVIL!r}, kind="webhook", address="https://a.example/", failing_since=now, failure={EVIL!r})
_, token = actions.share(Alert.objects.get(pk={{pk}}), get_user_model().objects.get(username="admin"), 7, now)
print(rule.pk, token)
"""


@pytest.fixture
def marked(site):
    """(id of a rule whose name is markup, token of a share link); a silence of it and a receiver are there meanwhile."""
    rule, token = site.shell(MARKED.format(pk=site.rich)).split()[-2:]
    yield int(rule), token
    for table in ("silence", "receiver", "sharelink"):
        site.execute(f"delete from monitor_{table}")


def test_markup_in_rules_silences_receivers_messages_and_shared_alerts_is_text(site, tabs, marked):
    rule, token = marked
    page = tabs("admin", viewport=DESKTOP)
    page.goto("/")
    expect(slot(page, "quiet")).to_contain_text(f"messages of {EVIL} are held back")
    expect(slot(page, "quiet")).to_contain_text(f"Messages to {EVIL} fail since")
    assert page.locator("img[src=x]").count() == 0
    lists = [f"/admin/monitor/{name}/" for name in ("rule", "notification", "receiver", "silence")]
    for path in (f"/rules/{rule}/", f"/alerts/shared/{token}/", *lists):
        page.goto(path)
        expect(page.locator("body")).to_contain_text(EVIL)
        assert page.locator("img[src=x]").count() == 0


def test_the_list_is_filtered_by_form_and_by_a_day_of_the_calendar(tabs):
    page = tabs(viewport=DESKTOP)
    page.goto("/alerts/")
    page.get_by_label("Search").fill("crowded")
    page.get_by_label("State").select_option("open")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"/alerts/\?q=crowded&state=open$"))
    expect(page.get_by_role("heading", name="40 alerts found")).to_be_visible()
    day = page.locator(".year a[data-severity]").last
    name = day.get_attribute("data-date")
    day.click()
    expect(page).to_have_url(re.compile(f"day={name}"))
    expect(page.locator(f'.year a[data-date="{name}"]')).to_have_attribute("aria-current", "date")
    expect(page.get_by_label("First day")).to_have_value(name)


def test_older_alerts_follow_on_the_next_page(tabs):
    page = tabs(viewport=DESKTOP)
    page.goto("/alerts/?host=crowded")
    first = page.locator("tr[data-alert]").first.get_attribute("data-alert")
    page.get_by_role("link", name="Older alerts").click()
    expect(page.get_by_role("link", name="To the newest")).to_be_visible()
    assert page.locator("tr[data-alert]").first.get_attribute("data-alert") != first


def test_the_calendar_takes_one_stop_of_the_tab_key_and_the_arrows_walk_in_it(tabs):
    page = tabs(viewport=DESKTOP)
    page.goto("/alerts/")
    stops = page.locator('.year a[tabindex="0"]')
    expect(stops).to_have_count(1)
    stops.focus()
    last = stops.get_attribute("data-date")
    page.keyboard.press("ArrowLeft")
    expect(stops).not_to_have_attribute("data-date", last)
    page.keyboard.press("ArrowRight")
    expect(stops).to_have_attribute("data-date", last)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"day={last}"))


def test_without_scripts_both_pages_tell_everything(site, tabs):
    page = tabs("admin", java_script_enabled=False, viewport=DESKTOP)
    page.goto("/alerts/?host=hostile")
    page.locator(f'tr[data-alert="{site.rich}"] a').click()
    expect(page.locator('.explanation[data-moment="onset"]')).to_contain_text("did it")
    page.get_by_label("Add a note").fill("by hand")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".timeline")).to_contain_text("by hand")


# Acting


def test_an_alert_is_acknowledged_on_its_page_with_a_note(site, tabs):
    alert = open_alert(site)
    page = tabs("admin", viewport=DESKTOP)
    page.goto(f"/alerts/{alert}/")
    page.get_by_label("Acknowledge").fill("I look after it")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".taken")).to_contain_text("Acknowledged by admin")
    expect(page.locator(".timeline")).to_contain_text("I look after it")
    assert site.query("select acknowledged_at is not null from monitor_alert where id = ?", alert) == [(1,)]


def test_an_open_page_follows_its_alert_and_keeps_what_is_being_typed(site, tabs):
    alert = open_alert(site)
    page = tabs("admin", viewport=DESKTOP)
    page.goto(f"/alerts/{alert}/")
    page.get_by_label("Add a note").fill("half a sente")
    site.execute(
        "update monitor_alert set state = 'resolved', resolved_at = last_seen_at where id = ?", alert
    )
    expect(page.locator(".state-word")).to_have_text("Recovered")
    expect(slot(page, "acknowledge")).to_have_count(0)
    expect(page.get_by_label("Add a note")).to_have_value("half a sente")


def test_the_banner_acknowledges_and_tells_who_did(site, tabs):
    alert = open_alert(site)
    page = tabs("admin", viewport=DESKTOP)
    page.goto("/")
    line = page.locator(f'.banner [data-alert="{alert}"]')
    line.get_by_role("button", name="Acknowledge").click()
    expect(line).to_contain_text("acknowledged by admin")
    line.get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/alerts/{alert}/$"))
    other = tabs(viewport=DESKTOP)
    other.goto("/")
    expect(other.locator(f'.banner [data-alert="{alert}"]')).to_contain_text("acknowledged by admin")
    assert other.get_by_role("button", name="Acknowledge").count() == 0


def test_everything_on_this_host_can_be_silenced(site, tabs):
    site.execute("delete from monitor_silence")
    page = tabs("admin", viewport=DESKTOP)
    page.goto("/")
    slot(page, "silence-open").press(
        "Enter"
    )  # a click that is under way misses it where a panel above grows old
    page.get_by_label("Messages of").select_option("everything on testhost")
    slot(page, "silence-make").click()
    expect(slot(page, "quiet")).to_contain_text("every rule on testhost")
    site.execute("delete from monitor_silence")


def test_a_silence_is_made_in_the_dialog_seen_by_everybody_and_ended(site, tabs):
    site.execute("delete from monitor_silence")
    page, other = tabs("admin", viewport=DESKTOP), tabs("viewer", viewport=DESKTOP)
    other.goto("/")
    page.goto("/")
    page.get_by_role("button", name="Silence ...").click()
    page.get_by_label("Messages of").select_option("Load")
    page.get_by_label("until another time").check()
    page.get_by_label("Until", exact=True).fill("2020-01-01T00:00")
    page.get_by_role("button", name="Silence", exact=True).click()
    expect(slot(page, "silence-problem")).to_have_text("The end must lie in the future.")
    assert violations(page) == []
    page.get_by_label("4 hours").check()
    page.get_by_role("button", name="Silence", exact=True).click()
    expect(slot(page, "silence-dialog")).not_to_be_visible()
    for one in (page, other):
        expect(slot(one, "quiet")).to_contain_text("messages of Load are held back")
    assert other.get_by_role("button", name="End it now").count() == 0
    page.get_by_role("button", name="End it now").press("Enter")
    for one in (page, other):
        expect(slot(one, "quiet")).not_to_be_visible()


def test_maintenance_takes_one_click_and_so_does_its_end(site, tabs):
    site.execute("delete from monitor_silence")
    page = tabs("admin", viewport=DESKTOP)
    page.goto("/")
    page.get_by_role("button", name="Maintenance, 1 h").press("Enter")
    expect(slot(page, "quiet")).to_contain_text(
        re.compile(r"Maintenance until (\d+ \w+ )?\d\d:\d\d: messages are held back")
    )
    expect(slot(page, "maintenance-start")).not_to_be_visible()
    page.get_by_role("button", name="End it now").press("Enter")
    expect(slot(page, "quiet")).not_to_be_visible()
    expect(slot(page, "maintenance-start")).to_be_visible()


def test_a_receiver_that_fails_is_named(site, tabs):
    site.execute(
        "insert into monitor_receiver (name, kind, address, secret, minimum_severity, only_chosen_rules, wants_drills,"
        " repeat_hours, enabled, created_at, failing_since, failure) values"
        " (?, 'email', 'x@example.org', '', 'warning', 0, 0, 4, 1, '2026-01-01', '2026-01-01 12:01:00', '550 mx7')",
        EVIL,
    )
    page = tabs(viewport=DESKTOP)
    page.goto("/")
    expect(slot(page, "quiet")).to_contain_text(f"Messages to {EVIL} fail since")
    assert "mx7" not in page.content()
    assert violations(page) == []
    site.execute("delete from monitor_receiver")


# Calling


def test_who_asked_for_it_is_notified_and_only_then(site, tabs):
    page = tabs("admin", viewport=DESKTOP, permissions=["notifications"])
    page.add_init_script(
        """globalThis.told = [];
           const Real = Notification;
           globalThis.Notification = class extends EventTarget {
             constructor(title, options) { super(); told.push([title, options.tag]); }
             static get permission() { return Real.permission; }
             static requestPermission() { return Promise.resolve(Real.permission); }
           };"""
    )
    page.goto("/")
    button = slot(page, "notify")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(slot(page, "sound")).to_have_text("Sound off")
    expect(page.locator('[data-slot="chip"]')).not_to_have_attribute("data-state", "connecting")
    alert = open_alert(site)
    found = until(lambda: page.evaluate("() => told"), "the notification")
    assert found == [["Warning: CPU on testhost", f"loadmon-alert-{alert}"]]


def test_a_browser_that_blocks_notifications_says_so_beside_the_button(tabs):
    page = tabs("admin", viewport=DESKTOP)
    page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    page.goto("/")
    expect(slot(page, "notify")).to_be_disabled()
    expect(slot(page, "notify-reason")).to_contain_text("blocked in this browser")


# Sharing


def test_a_link_is_made_read_without_a_login_revoked_and_gone(site, tabs):
    page = tabs("admin", viewport=DESKTOP)
    page.goto(f"/alerts/{site.rich}/")
    page.get_by_label("Lasts").select_option("30")
    page.get_by_role("button", name="Make a link").click()
    link = slot(page, "made-link").input_value()
    stranger = tabs(viewport=PHONE)
    stranger.goto(link)
    expect(stranger.locator('.explanation[data-moment="onset"]')).to_contain_text("did it")
    expect(stranger.locator("body")).not_to_contain_text("secret")
    assert stranger.locator("form, textarea, img").count() == 0
    assert violations(stranger) == []
    assert width(stranger) <= 360
    page.goto(f"/alerts/{site.rich}/")
    page.get_by_role("button", name=re.compile("^Revoke")).click()
    tabs.allow("status of 410")
    stranger.reload()
    expect(stranger.locator("h1")).to_have_text("This link does not lead anywhere any more")
    assert violations(stranger) == []


def test_a_link_that_has_expired_shows_nothing(site, tabs):
    page = tabs("admin", viewport=DESKTOP)
    page.goto(f"/alerts/{site.rich}/")
    page.get_by_role("button", name="Make a link").click()
    link = slot(page, "made-link").input_value()
    site.execute("update monitor_sharelink set expires_at = '2020-01-01 00:00:00'")
    tabs.allow("status of 410")
    stranger = tabs()
    stranger.goto(link)
    expect(stranger.locator("h1")).to_have_text("This link does not lead anywhere any more")
    expect(stranger.locator("body")).not_to_contain_text("did it")


@pytest.mark.parametrize("pieces", [1, 2, 3, 4])
def test_evidence_fills_the_width_however_many_pieces_and_however_wide_the_page(tabs, site, pieces):
    """In each row of pieces, and of lists in a piece, the last reaches the right edge."""
    page = tabs("admin", viewport=DESKTOP)
    page.goto(f"/alerts/{site.rich}/")
    page.evaluate(
        """(pieces) => {
             const all = document.querySelector(".moments");
             while (all.children.length < pieces) all.append(all.lastElementChild.cloneNode(true));
             while (all.children.length > pieces) all.lastElementChild.remove();
           }""",
        pieces,
    )
    for wide in (360, 768, 1280, 1920):
        page.set_viewport_size({"width": wide, "height": 900})
        left_free = page.evaluate(
            """() => [".moments", ".lists"].flatMap((name) => [...document.querySelectorAll(name)]).map((box) => {
                 const ends = new Map();
                 for (const one of box.children) {
                   const { top, right } = one.getBoundingClientRect();
                   ends.set(Math.round(top), Math.max(ends.get(Math.round(top)) ?? 0, right));
                 }
                 return Math.max(...[...ends.values()].map((right) => box.getBoundingClientRect().right - right));
               })"""
        )
        assert max(left_free) < 2, (wide, left_free)
        assert width(page) <= wide


def test_evidence_without_processes_leaves_no_empty_half_beside_evidence_with_them(tabs, site):
    page = tabs("admin", viewport=DESKTOP)
    page.goto(f"/alerts/{site.rich}/")
    page.evaluate(
        """() => {
             const all = document.querySelector(".moments");
             all.lastElementChild.remove();
             all.children[1].querySelector(".lists").replaceChildren();
           }"""
    )
    for wide in (768, 1280, 1920):
        page.set_viewport_size({"width": wide, "height": 900})
        boxes = page.evaluate(
            """() => [...document.querySelectorAll(".moment")].map((one) => {
                 const { top, bottom, width } = one.getBoundingClientRect();
                 return [top, bottom, width / one.parentElement.clientWidth];
               })"""
        )
        assert [round(share, 2) for _, _, share in boxes] == [1, 1]
        assert boxes[1][0] >= boxes[0][1]
