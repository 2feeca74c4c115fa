"""The pages as a browser gets them."""

import gzip
import json
import re
import time
from typing import get_args
from urllib.parse import urlencode

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from django.test import Client, override_settings
from django.urls import set_script_prefix
from hypothesis import given, settings
from hypothesis import strategies as st

from loadmon_site.asgi import http
from monitor.conf import BASE_DIR
from monitor.history.models import Gap
from monitor.hosts import lookup
from monitor.hosts.models import SYNTHETIC
from monitor.ingest.frames import Tone
from monitor.metrics.catalogue import JUDGED
from monitor.metrics.times import moment
from monitor.rules.models import Rule
from monitor.version import VERSION
from monitor.web.dashboard import episodes, status
from monitor.web.dashboard import page as dashboard_page
from tests.factories import (
    NOW_MS,
    make_alert,
    make_drill_receiver,
    make_host,
    make_load_test,
    make_samples,
    make_user,
)
from tests.stages.examples import examples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def frozen_ms(monkeypatch) -> int:
    """The time stands still."""
    monkeypatch.setattr(time, "time_ns", lambda: NOW_MS * 1_000_000)
    return NOW_MS


def page(client, query: str = "") -> dict:
    """What the page hands to its scripts."""
    response = client.get(f"/{query}")
    assert response.status_code == 200
    text = response.content.decode()
    found = re.search(r'<script id="first-paint" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


# The dashboard


def test_the_first_paint_holds_the_last_twenty_minutes(client, frozen_ms) -> None:
    host = make_host()
    rows = make_samples(host, 1300, load1=[float(n) for n in range(1300)])
    window = page(client)["window"]
    assert (window["seconds"], len(window["times"])) == (1200, 1201)
    assert (window["ids"][-1], window["times"][-1]) == (rows[-1].pk, NOW_MS)
    assert window["series"]["load1"][-1] == 1299.0
    tasks = {"tasks_running", "tasks_blocked"}
    assert set(window["series"]) == {"cpu_percent", "load1", "load5", "load15"} | tasks


def test_the_first_paint_holds_all_that_the_page_shows(client, frozen_ms) -> None:
    host = make_host(booted_at=moment(NOW_MS - 86_400_000))
    make_samples(host, 130)
    alert = make_alert(host)
    make_alert(host, NOW_MS - 9000, NOW_MS - 1000)
    test = make_load_test(host, started_ms=NOW_MS - 1000)
    Gap.objects.create(host=host, start_ms=NOW_MS - 9000, end_ms=NOW_MS - 1000, kind="suspended")
    found = page(client)
    assert (found["version"], found["server_time"], found["user"]) == (VERSION, NOW_MS, None)
    assert found["host"] == {"name": "db-01", "cores": 2.0, "cores_reason": "2 of 2", "memory_reason": "",
                             "interval": 1.0,
                             "booted_at": NOW_MS - 86_400_000, "renamed_from": "", "renamed_at": None,
                             "synthetic": False}  # fmt: skip
    assert set(found["metrics"]) == set(JUDGED)
    assert found["metrics"]["cpu_percent"]["unit"] == "percent"
    assert found["latest"]["at"] == NOW_MS
    assert (found["mean_2m"]["cpu_percent"], found["mean_2m"]["load1"]) == (20.0, 0.5)
    assert found["verdict"]["text"].startswith("Attention. 1 warning alert is open: ")
    assert [one["id"] for one in found["alerts"]["open"]] == [alert.pk]
    assert (len(found["alerts"]["recent"]), found["alerts"]["count_24h"]) == (2, 2)
    assert found["rules"] == episodes.rules(host)
    assert (found["load_test"]["id"], [one["id"] for one in found["load_tests"]]) == (test.pk, [test.pk])
    assert found["sampler"]["state"] == "running"
    assert [gap["kind"] for gap in found["gaps"]] == ["suspended"]


@pytest.mark.parametrize(("interval", "longest_ms"), [(0.2, 5000), (1.0, 5000), (10.0, 30_000)])
def test_how_long_a_sample_is_of_now_is_told_at_first_and_with_each_status(
    client, interval, longest_ms
) -> None:
    host = make_host(interval=interval)
    assert page(client)["stale_after_ms"] == longest_ms
    assert status.status_frame(host, NOW_MS, None)["stale_after_ms"] == longest_ms


def test_before_the_first_sample_there_is_a_page_all_the_same(client) -> None:
    found = page(client)
    assert (found["host"], found["latest"], found["window"]["times"]) == (None, None, [])
    assert (found["sampler"]["state"], found["verdict"]["tone"]) == ("stopped", "unknown")


def test_a_host_without_samples_has_a_page(client) -> None:
    make_host()
    assert page(client)["host"]["name"] == "db-01"


def test_the_host_is_chosen_in_the_query(client) -> None:
    make_host("a")
    make_host("b")
    assert page(client, "?host=b")["host"]["name"] == "b"


@pytest.mark.parametrize("query", ["?host=nobody", "?host=%00", "?host=" + "x" * 5000, "?host=%ff", ""])
def test_a_host_that_is_not_there_is_404(client, query) -> None:
    make_host("a")
    make_host("b")
    assert client.get(f"/{query}").status_code == 404


def test_what_the_visitor_may_do_is_told(client, settings) -> None:
    deeds = ("load_test", "acknowledge", "silence", "admin")
    assert page(client)["can"] == dict.fromkeys(deeds, False)
    permissions = ["run_loadtest", "acknowledge_alert", "add_silence"]
    client.force_login(make_user("ann", permissions, is_staff=True), backend=BACKEND)
    assert (page(client)["user"], page(client)["can"]) == ("ann", dict.fromkeys(deeds, True))
    settings.LOADMON_LOADTEST = "no"
    assert page(client)["can"]["load_test"] is False


def test_the_page_knows_how_long_a_silence_may_be(client) -> None:
    assert page(client)["longest_silence_ms"] == 366 * 86_400_000


def test_only_who_may_run_a_drill_is_told_what_it_would_prove(client) -> None:
    make_host()
    make_drill_receiver("ops")
    assert page(client)["drill"] is None
    client.force_login(make_user("ann", ["run_loadtest"]), backend=BACKEND)
    cpu = page(client)["drill"]["cpu"]
    assert cpu == {"rule": "CPU", "promised": 98.0, "receivers": ["ops"], "problem": "", "seconds": 120}


def test_who_may_run_a_load_test_is_told_its_limits(client) -> None:
    make_host(effective_cores=2.5)
    assert page(client)["load_test_limits"] is None
    client.force_login(make_user("ann", ["run_loadtest"]), backend=BACKEND)
    assert page(client)["load_test_limits"] == {"seconds": 600, "workers": 3}
    form = client.get("/").content.decode().partition('data-slot="load-test-form"')[2]
    assert 'max="600"' in form
    assert 'max="3" value="3"' in form


def test_a_kind_without_a_rule_to_prove_says_so(client) -> None:
    make_host()
    Rule.objects.all().delete()
    client.force_login(make_user("ann", ["run_loadtest"]), backend=BACKEND)
    io = page(client)["drill"]["io"]
    assert (io["rule"], io["receivers"], io["seconds"]) == ("", [], 120)
    assert io["problem"].startswith("No rule that judges a mean of the I/O pressure is switched on")


def test_every_url_leads_somewhere(client) -> None:
    client.force_login(make_user("root", is_staff=True, is_superuser=True), backend=BACKEND)
    make_host()
    urls = page(client)["urls"]
    assert urls.pop("live") == "/ws/live/"
    statuses = {name: client.get(url).status_code for name, url in urls.items()}
    doors = {"loadtests": 405, "loadtest_current": 405, "logout": 405, "acknowledge": 405, "silence": 405}
    doors["alert"] = 404  # there is no alert 0
    assert statuses == dict.fromkeys(urls, 200) | doors
    assert {"hosts", "samples", "history", "history_csv", "busyhours", "admin", "alerts", "login"} <= set(
        urls
    )


def test_every_url_keeps_the_sub_path() -> None:
    set_script_prefix("/loadmon/")
    try:
        urls = dashboard_page._urls()
    finally:
        set_script_prefix("/")
    assert all(url.startswith("/loadmon/") for url in urls.values())


def test_the_table_holds_the_means_of_the_last_minutes_newest_first(client, frozen_ms) -> None:
    host = make_host()
    last_minute = NOW_MS - NOW_MS % 60_000
    make_samples(host, 60, end_ms=last_minute - 1000, cpu_percent=[10.0, 30.0] * 30, load1=None)
    make_samples(host, 1, end_ms=last_minute, cpu_percent=50.0)
    rows = client.get("/").context["table_rows"]
    assert [row["time"] for row in rows] == [moment(last_minute), moment(last_minute - 60_000)]
    assert [(row["cpu"], row["load1"], row["load15"]) for row in rows] == [
        (50.0, 0.5, 0.3),
        (20.0, None, 0.3),
    ]


def test_the_table_has_at_most_twenty_rows(client, frozen_ms) -> None:
    make_samples(make_host(), 1300)
    assert len(client.get("/").context["table_rows"]) == 20


def test_the_tiles_tell_values_with_units_and_what_is_not_known(client, frozen_ms) -> None:
    make_samples(make_host(), 130, memory_used_bytes=1.5 * 2**30)
    tiles = {tile["label"]: (tile["value"], tile["note"]) for tile in client.get("/").context["tiles"]}
    assert tiles["CPU busy"] == ("20 %", "20 % over 2 minutes")
    assert tiles["Memory used"] == ("1.5 GiB", "")
    assert tiles["Sampler CPU"] == ("not known", "")
    assert tiles["Alerts in 24 h"] == ("0", "")


def test_the_tile_of_memory_says_why_a_container_has_no_more(client, frozen_ms) -> None:
    make_samples(make_host(memory_reason="container: 2 GiB of 32 GiB"), 130, memory_used_bytes=1.5 * 2**30)
    tiles = {tile["label"]: (tile["value"], tile["note"]) for tile in client.get("/").context["tiles"]}
    assert tiles["Memory used"] == ("1.5 GiB", "container: 2 GiB of 32 GiB")


def test_without_scripts_the_gravest_alert_comes_first_and_gives_the_banner_its_colour(
    client, frozen_ms
) -> None:
    host = make_host()
    make_samples(host, 3, frozen_ms)
    make_alert(host, frozen_ms - 60_000, rule_name="Old", severity="critical", peak=99.5)
    make_alert(host, frozen_ms, rule_name="New", severity="info", peak=30.0)
    page = client.get("/").content.decode()
    banner = page[page.index('<div class="banner"') : page.index("Show on chart")]
    assert 'data-severity="critical"' in banner
    assert banner.index("Old</a>, peak 99.5 %") < banner.index("New</a>, peak 30 %")


def test_the_worst_value_of_an_alert_that_fires_below_is_its_lowest(client, now_ms) -> None:
    host = make_host()
    make_samples(host, 3, now_ms)
    make_alert(
        host,
        now_ms,
        metric="memory_available_percent",
        comparison="below",
        threshold=10.0,
        value=7.0,
        peak=5.0,
    )
    assert page(client)["alerts"]["open"][0]["peak_word"] == "lowest"
    assert "lowest 5 %" in client.get("/").content.decode().partition("Show on chart")[0]


def test_hostile_names_stay_text(client) -> None:
    make_host("</script><script>alert(1)</script>")
    assert b"<script>alert(1)" not in client.get("/").content


def test_a_full_page_is_small_and_costs_few_queries(client, frozen_ms, django_assert_max_num_queries) -> None:
    make_samples(make_host(), 1200, cpu_percent=[n * 7919 % 10007 / 100 for n in range(1200)])
    with django_assert_max_num_queries(16):
        response = client.get("/", HTTP_ACCEPT_ENCODING="gzip")
    assert response["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(response.content)) > 50_000 > len(response.content)


def test_the_page_opens_no_transaction(client, monkeypatch) -> None:
    make_samples(make_host(), 3)
    monkeypatch.setattr(transaction, "Atomic", None)
    assert client.get("/").status_code == 200


# Health


def test_health_is_good_while_samples_are_fresh(client, frozen_ms) -> None:
    make_samples(make_host(interval=1.0), 1, end_ms=NOW_MS - 5000)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"ok": True})


@pytest.mark.parametrize(("interval", "age_ms"), [(1.0, 5001), (0.2, 5001), (10.0, 30_001)])
def test_health_is_bad_once_they_are_older_than_three_intervals(client, frozen_ms, interval, age_ms) -> None:
    make_samples(make_host(interval=interval), 1, end_ms=NOW_MS - age_ms)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"ok": False})


def test_three_long_intervals_are_fresh(client, frozen_ms) -> None:
    make_samples(make_host(interval=10.0), 1, end_ms=NOW_MS - 30_000)
    assert client.get("/healthz").status_code == 200


def test_the_freshness_of_another_host_is_no_health_of_this_one(client, settings, frozen_ms) -> None:
    make_host(settings.LOADMON_HOST_NAME)
    make_samples(make_host("other"), 1)
    assert client.get("/healthz").status_code == 503


def test_health_is_bad_and_silent_when_the_database_fails(client, monkeypatch) -> None:
    def fail(*args):
        raise OperationalError("disk I/O error on /secret/path")

    monkeypatch.setattr(lookup, "find_host", fail)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"ok": False})


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics"])
def test_pages_take_no_other_method(client, path) -> None:
    assert client.post(path).status_code == 405
    assert client.head(path).status_code in (200, 503)


# Logging in


def test_a_password_leads_back_to_where_one_came_from(client) -> None:
    User.objects.create_user("ann", password="correct horse")
    response = client.post("/login/?next=/%3Fhost%3Da", {"username": "ann", "password": "correct horse"})
    assert (response.status_code, response["Location"]) == (302, "/?host=a")


def test_logging_out_takes_a_post(client) -> None:
    client.force_login(make_user(), backend=BACKEND)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/"
    assert page(client)["user"] is None


# Nonsense


@settings(max_examples=examples(150), deadline=None)
@given(
    path=st.sampled_from(["", "login/", "login/link/", "healthz", "metrics", "admin/login/", "nope", "api/"]),
    query=st.lists(st.tuples(st.sampled_from(["host", "next", "sesame", "x"]), st.text(max_size=30))),
)
def test_no_query_makes_a_page_fail(path, query) -> None:
    text = urlencode(query, errors="surrogatepass")
    with override_settings(LOADMON_PUBLIC="yes"):
        response = Client().get(f"/{path}?{text}")
    assert response.status_code in (200, 302, 403, 404) or (path == "healthz" and response.status_code == 503)


async def test_under_a_sub_path_every_address_keeps_it(settings) -> None:
    settings.FORCE_SCRIPT_NAME = "/loadmon"
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/loadmon/api/v1/openapi.json",
        "root_path": "/loadmon",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    application = ApplicationCommunicator(http, scope)
    await application.send_input({"type": "http.request", "body": b""})
    start, pieces = await application.receive_output(5), [await application.receive_output(5)]
    while pieces[-1].get("more_body"):
        pieces.append(await application.receive_output(5))
    await application.wait(5)
    assert start["status"] == 200
    body = b"".join(piece["body"] for piece in pieces)
    assert all(path.startswith("/loadmon/api/v1/") for path in json.loads(body)["paths"])


def test_the_page_of_a_made_up_host_offers_no_load_test(client, settings) -> None:
    settings.LOADMON_LOADTEST = "yes"
    make_host("demo", cores_reason=SYNTHETIC)
    make_host("db-01")
    client.force_login(make_user("operator", ["run_loadtest"]), BACKEND)
    assert b"Start load test" in client.get("/?host=db-01").content
    assert page(client, "?host=demo")["load_test_problem"].startswith("demo is made up")
    assert b"Start load test" not in client.get("/?host=demo").content


def test_hosts_can_be_chosen_where_there_are_several(client) -> None:
    make_host("a")
    assert page(client)["hosts"] == []
    make_host("b</option>")
    assert page(client, "?host=a")["hosts"] == ["a", "b</option>"]
    text = client.get("/?host=a").content.decode()
    assert "<option selected>a</option><option>b&lt;/option&gt;</option>" in text


def test_a_made_up_host_is_not_said_to_have_a_stopped_sampler(client, frozen_ms) -> None:
    made_up = make_host("demo", cores_reason=SYNTHETIC, sampler_stopped_at=moment(frozen_ms))
    make_samples(made_up, 3)
    shown = page(client, "?host=demo")
    assert shown["host"]["synthetic"] is True
    assert shown["verdict"]["text"] == "This is made-up history: nothing of it was measured."


@pytest.mark.parametrize("tone", get_args(Tone))
def test_each_tone_of_the_verdict_has_its_icon_and_its_colour(tone) -> None:
    icons = (BASE_DIR / "templates/monitor/parts/icons.html").read_text()
    colours = (BASE_DIR / "static/monitor/css/notices.css").read_text()
    assert f'id="icon-{tone}"' in icons
    assert f'.verdict[data-tone="{tone}"]' in colours or tone == "unknown"  # which is muted
