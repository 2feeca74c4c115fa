"""The admin in a browser: no page breaks the content policy, markup is text, rules are refused with a sentence."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.mould import EVIL

pytestmark = pytest.mark.browser

PAGES = ["", "monitor/alert/", "monitor/alert/?state__exact=firing", "monitor/alert/?q=CPU", "monitor/rule/",
         "monitor/rule/add/", "monitor/host/", "monitor/loadtest/", "monitor/receiver/",
         "monitor/receiver/add/", "monitor/notification/", "auth/user/", "auth/user/add/", "auth/group/",
         "password_change/"]  # fmt: skip


IMAGE_OR_SCRIPT = "img[src=x], script:has-text('alert(2)')"


@pytest.fixture
def admin(tabs):
    """A page of the administrator."""
    return tabs("admin")


def test_no_page_of_the_admin_says_anything_on_the_console(tabs, admin):
    tabs.allow(
        "Password forms should have .* username fields|Autofocus processing was blocked"
    )  # Django's own
    for path in PAGES:
        answer = admin.goto(f"/admin/{path}")
        assert answer.status == 200
        admin.wait_for_load_state("load")
        expect(admin.locator("#content")).to_be_visible()


def test_the_first_row_of_each_list_opens(admin):
    for kind in ("alert", "rule", "host", "loadtest"):
        admin.goto(f"/admin/monitor/{kind}/")
        admin.locator("#result_list tbody th a, #result_list tbody td a").first.click()
        expect(admin).to_have_url(re.compile(rf"/admin/monitor/{kind}/\d+/"))
        expect(admin.locator("#content")).to_be_visible()


def test_markup_in_the_name_of_a_rule_is_text_in_the_rules_and_the_alerts(admin):
    for kind in ("rule", "alert"):
        admin.goto(f"/admin/monitor/{kind}/?q=")
        link = admin.locator("#result_list").get_by_role("link", name=EVIL)
        expect(link).to_be_visible()
        assert admin.locator(IMAGE_OR_SCRIPT).count() == 0
        link.click()
        expect(admin.locator("#content")).to_be_visible()
        assert admin.locator(IMAGE_OR_SCRIPT).count() == 0


def test_a_rule_that_could_never_clear_is_refused_with_a_sentence(site, tabs, admin):
    tabs.allow("status of 400")  # the back-test of the same numbers
    admin.goto("/admin/monitor/rule/")
    admin.get_by_role("link", name="CPU", exact=True).click()
    admin.locator('[name="clear_threshold"]').fill("90")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.locator("#id_clear_threshold_error")).to_contain_text("The alert could never clear")
    assert site.query("select clear_threshold from monitor_rule where name = 'CPU'") == [(65.0,)]


def test_a_rule_is_edited_and_the_page_draws_its_new_threshold(site, admin):
    admin.goto("/admin/monitor/rule/add/")
    admin.locator('[name="name"]').fill("Busy core")
    admin.locator('[name="metric"]').select_option("load5")
    admin.locator('[name="threshold"]').fill("3.5")
    admin.locator('[name="clear_threshold"]').fill("3")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.locator(".messagelist")).to_contain_text("added successfully")
    assert site.query("select threshold from monitor_rule where name = 'Busy core'") == [(3.5,)]


def test_the_alerts_can_be_taken_away_as_csv(admin):
    admin.goto("/admin/monitor/alert/?q=crowded")
    with admin.expect_download() as download:
        admin.get_by_role("link", name=re.compile("csv", re.IGNORECASE)).click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 501
    assert download.value.suggested_filename.startswith("alerts-")


def test_no_page_of_an_error_asks_for_an_icon_that_is_not_there(tabs, admin):
    tabs.allow(r"status of 40\d .*(?<!favicon\.ico)\)$")
    for path in (
        "/nowhere/",
        "/admin/nowhere/",
        "/login/link/?sesame=x",
        "/?host=x",
    ):
        answer = admin.goto(path)
        assert answer.status in (400, 403, 404)
        expect(admin.locator("body")).not_to_be_empty()
        assert not [line for line in tabs.record.lines if "favicon" in line], path


def test_a_viewer_is_kept_out_of_the_admin(tabs):
    page = tabs("viewer")
    page.goto("/admin/monitor/alert/")
    expect(page.locator("#result_list")).to_have_count(0)
    expect(page.locator("body")).to_contain_text(re.compile("log in", re.IGNORECASE))


@pytest.mark.parametrize("kind", ["alert", "rule", "loadtest"])
def test_no_column_of_a_list_is_cut_on_a_small_screen(admin, kind):
    admin.set_viewport_size({"width": 1280, "height": 800})
    admin.goto(f"/admin/monitor/{kind}/")
    results = admin.locator(".results").first
    expect(results).to_be_visible()
    assert results.evaluate("(box) => box.scrollWidth <= box.clientWidth")


def test_a_receiver_is_added_tested_and_given_a_key_on_a_phone(tabs, admin):
    admin.set_viewport_size({"width": 360, "height": 740})
    admin.goto("/admin/monitor/receiver/add/")
    admin.get_by_label("Name").fill("A hook")
    admin.get_by_label("Kind").select_option("webhook")
    admin.get_by_label("Address").fill("http://127.0.0.1:9/T0P5ECRET")
    admin.get_by_role("button", name="Save and continue editing").click()
    expect(admin.locator("#content code")).to_contain_text("whsec_")
    admin.get_by_role("link", name="A hook").click()
    expect(admin.get_by_label("Address")).to_have_value("")
    admin.get_by_role("button", name="Send a test").click()
    expect(admin.locator("#content")).to_contain_text("The test was not delivered.")
    expect(admin.locator("#content")).to_contain_text("No connection: Connection refused.")
    assert admin.evaluate("document.documentElement.scrollWidth") <= 360
    admin.get_by_role("link", name="A hook").click()
    admin.get_by_role("button", name="Make a new signing key").click()
    expect(admin.locator("#content code")).to_contain_text("whsec_")
    assert admin.evaluate("document.documentElement.scrollWidth") <= 360
