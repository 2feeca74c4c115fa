"""Whether samples are fresh, and what is said of a sampler that is silent."""

import pytest

from monitor.history import freshness
from monitor.history.models import Gap
from monitor.metrics.times import moment
from monitor.web.dashboard import episodes, status
from tests.factories import NOW_MS, make_host, make_load_test, make_samples

pytestmark = pytest.mark.django_db
START = NOW_MS - NOW_MS % 60_000


def test_a_host_with_fresh_samples_runs() -> None:
    host = make_host()
    make_samples(host, 1)
    state = freshness.sampler_state(host, NOW_MS + 4000)
    assert (state["state"], state["last_sample_at"], state["message"]) == ("running", NOW_MS, "")


def test_silence_is_told_with_its_length() -> None:
    host = make_host()
    make_samples(host, 1)
    state = freshness.sampler_state(host, NOW_MS + 90_000)
    assert (state["state"], state["message"]) == (
        "stopped",
        "No sample for 1 min 30 s: the sampler does not run, or cannot store.",
    )


def test_a_sampler_that_said_goodbye_is_stopped_at_once() -> None:
    host = make_host(sampler_started_at=moment(NOW_MS - 9000), sampler_stopped_at=moment(NOW_MS))
    make_samples(host, 1)
    assert freshness.sampler_state(host, NOW_MS)["state"] == "stopped"


def test_a_sampler_that_was_started_anew_is_not_stopped() -> None:
    host = make_host(sampler_started_at=moment(NOW_MS), sampler_stopped_at=moment(NOW_MS - 9000))
    assert freshness.sampler_state(host, NOW_MS + 1000)["state"] == "starting"
    assert freshness.sampler_state(host, NOW_MS + 20_000)["state"] == "stopped"


def test_what_the_sampler_tells_itself_counts_while_its_samples_come() -> None:
    host = make_host()
    make_samples(host, 1)
    told = {
        "state": "running",
        "failing": {"disk": "No permission."},
        "lateness_ms": 2.0,
        "waiting": 0,
        "message": "",
    }
    assert freshness.sampler_state(host, NOW_MS, told)["failing"] == {"disk": "No permission."}
    assert freshness.sampler_state(host, NOW_MS + 60_000, told)["state"] == "stopped"


def test_which_collectors_fail_is_stored_and_told_while_the_sampler_runs() -> None:
    host = make_host(failing={"cpu": "The cpu collector failed: /proc/stat is empty."})
    make_samples(host, 1)
    assert freshness.sampler_state(host, NOW_MS)["failing"] == host.failing
    assert freshness.sampler_state(host, NOW_MS + 60_000)["failing"] is None


def test_a_sampler_that_cannot_store_is_believed_though_no_sample_is_stored() -> None:
    host = make_host()
    make_samples(host, 1)
    told = {
        "state": "storing_failed",
        "waiting": 60,
        "message": "Disk full.",
        "failing": {},
        "lateness_ms": 1.0,
    }
    state = freshness.sampler_state(host, NOW_MS + 60_000, told)
    assert (state["state"], state["waiting"], state["message"]) == ("storing_failed", 60, "Disk full.")


def test_a_sampler_with_a_long_interval_starts_until_its_first_sample_can_be_there() -> None:
    host = make_host(interval=60.0, sampler_started_at=moment(NOW_MS))
    assert freshness.sampler_state(host, NOW_MS + 100_000)["state"] == "starting"
    assert freshness.sampler_state(host, NOW_MS + 130_000)["state"] == "stopped"


def test_the_newest_is_the_one_stored_last_though_its_time_lies_before_that_of_others() -> None:
    host = make_host()
    make_samples(host, 3, end_ms=NOW_MS + 3_600_000)
    [last] = make_samples(host, 1)
    assert freshness.newest(host) == freshness.Newest(last.pk, NOW_MS, 1.0)
    assert freshness.newest(host).is_fresh(NOW_MS + 5000)
    assert not freshness.newest(host).is_fresh(NOW_MS + 5001)


def test_a_sample_that_lies_ahead_is_not_fresh() -> None:
    host = make_host(sampler_started_at=moment(NOW_MS + 3_000_000))
    make_samples(host, 1, end_ms=NOW_MS + 3_600_000)
    assert not freshness.newest(host).is_fresh(NOW_MS)
    state = freshness.sampler_state(host, NOW_MS)
    assert (state["state"], state["message"], state["last_sample_age_seconds"]) == (
        "unknown",
        "The newest sample lies 1 h ahead of this clock, which was set back, or is another one: how old it is, and "
        "whether the sampler runs, is not known.",
        None,
    )
    assert status.HostState(host, NOW_MS).verdict == {"tone": "unknown", "text": state["message"]}


@pytest.mark.parametrize("interval", [1.0, 60.0])
def test_a_sample_a_little_ahead_is_fresh_whatever_the_interval(interval: float) -> None:
    host = make_host(interval=interval)
    make_samples(host, 1)
    assert freshness.newest(host).age(NOW_MS - 5000) == 0.0
    assert freshness.newest(host).age(NOW_MS - 5001) is None
    assert freshness.sampler_state(host, NOW_MS - 5000)["state"] == "running"
    assert freshness.sampler_state(host, NOW_MS - 5001)["state"] == "unknown"


def test_the_age_of_the_newest_sample_is_told() -> None:
    host = make_host()
    assert freshness.sampler_state(host, NOW_MS)["last_sample_age_seconds"] is None
    make_samples(host, 1)
    assert freshness.sampler_state(host, NOW_MS + 1500)["last_sample_age_seconds"] == 1.5


def test_a_sampler_that_said_goodbye_is_stopped_though_its_last_sample_lies_ahead() -> None:
    host = make_host(sampler_stopped_at=moment(NOW_MS))
    make_samples(host, 1, end_ms=NOW_MS + 3_600_000)
    assert freshness.sampler_state(host, NOW_MS)["state"] == "stopped"


def test_the_status_frame_holds_host_sampler_and_load_test() -> None:
    host = make_host()
    test = make_load_test(host)
    frame = status.status_frame(host, NOW_MS, None)
    assert (frame["type"], frame["at"], frame["host"]["name"]) == ("status", NOW_MS, "db-01")
    assert frame["rules"] == episodes.rules(host)
    assert frame["load_test"]["id"] == test.pk


def test_the_status_frame_holds_the_reasons_of_the_last_twenty_minutes() -> None:
    host = make_host()
    for minutes, kind in ((30, "rebooted"), (19, "suspended"), (2, "clock_stepped")):
        start = NOW_MS - minutes * 60_000
        Gap.objects.create(host=host, start_ms=start, end_ms=start + 60_000, kind=kind, note=kind.upper())
    gaps = status.status_frame(host, NOW_MS, None)["gaps"]
    assert [(gap["kind"], gap["note"]) for gap in gaps] == [
        ("suspended", "SUSPENDED"),
        ("clock_stepped", "CLOCK_STEPPED"),
    ]
    assert gaps[0]["end_at"] - gaps[0]["start_at"] == 60_000


def test_a_gap_that_reaches_into_the_live_window_is_told_whole() -> None:
    host = make_host()
    Gap.objects.create(host=host, start_ms=NOW_MS - 9_000_000, end_ms=NOW_MS - 60_000, kind="suspended")
    assert [gap["start_at"] for gap in status.HostState(host, NOW_MS).gaps] == [NOW_MS - 9_000_000]


def test_a_finished_load_test_is_shown_for_an_hour() -> None:
    host = make_host()
    make_load_test(host, "finished", NOW_MS - 120_000, ended_at=moment(NOW_MS))
    assert episodes.load_test(host, NOW_MS + 3_599_000)["state"] == "finished"
    assert episodes.load_test(host, NOW_MS + 3_601_000) is None


def test_the_verdict_judges_only_samples_that_are_now() -> None:
    host = make_host()
    make_samples(host, 1)
    assert status.HostState(host, NOW_MS).verdict["text"].startswith("Fine. Load 0.5")
    stale = status.HostState(host, NOW_MS + 60_000).verdict
    assert (stale["tone"], stale["text"][:21]) == ("unknown", "No sample for 1 min: ")
