"""Load tests end to end: manage.py loadtest asks, a real sampler runs it, and either may be killed."""

from __future__ import annotations

import re
import signal

import psutil
import pytest

from tests.stages.processes import alive, burners
from tests.stages.servers import Site, until

pytestmark = pytest.mark.processes


@pytest.fixture(autouse=True)
def sampler(site: Site) -> None:
    """It runs in every test."""
    site.start_sampler()


def ask(site: Site, seconds: int) -> list[int]:
    """Start manage.py loadtest in the background; return the pids of the workers once they run."""
    site.start("asker", "manage.py", "loadtest", "--seconds", str(seconds))
    until(
        lambda: site.alive("asker") and state(site) == "running" and burners(site.processes["sampler"].pid),
        "the workers",
    )
    return burners(site.processes["sampler"].pid)


def state(site: Site) -> str:
    rows = site.query("select state from monitor_loadtest order by id desc limit 1")
    return str(rows[0][0]) if rows else ""


def report(site: Site) -> str:
    return str(site.query("select report from monitor_loadtest order by id desc limit 1")[0][0])


def test_an_alert_of_a_real_test_is_told_in_its_report_and_marked(site: Site) -> None:
    site.shell(
        "from monitor.models import Rule; Rule.objects.all().delete(); "
        "Rule.objects.create(name='Always', metric='load1', threshold=0, clear_threshold=0, enabled=False)"
    )
    ask(site, seconds=4)
    site.execute("update monitor_rule set enabled = 1")
    assert site.processes["asker"].wait(30) == 0
    assert state(site) == "finished"
    crossed = r"Always reached its threshold 0 at t\+\d+\.\d s, "
    assert re.match(
        crossed + r"the alert was stored \d+ ms and pushed \d+ ms after the reading\.", report(site)
    )
    assert report(site) in site.log("asker")
    assert site.query("select rule_name, is_test from monitor_alert") == [("Always", 1)]


def test_a_killed_sampler_takes_its_workers_along_and_the_next_one_closes_the_test(site: Site) -> None:
    pids = ask(site, seconds=60)
    site.kill("sampler")
    until(lambda: not any(alive(pid) for pid in pids), "the end of the workers")
    site.start_sampler()
    assert site.processes["asker"].wait(30) == 1
    assert (state(site), report(site)) == (
        "failed",
        "The sampler ended during the test, and its workers with it.",
    )


def test_a_stopped_sampler_ends_the_test_and_says_so(site: Site) -> None:
    pids = ask(site, seconds=60)
    assert site.kill("sampler", signal.SIGTERM) == 0
    assert not any(alive(pid) for pid in pids)
    assert state(site) == "failed"
    assert report(site).startswith("The sampler was stopped ")


def test_ctrl_c_in_the_terminal_ends_the_workers(site: Site) -> None:
    pids = ask(site, seconds=60)
    site.processes["asker"].send_signal(signal.SIGINT)
    until(lambda: not any(alive(pid) for pid in pids), "the end of the workers")
    assert site.processes["asker"].wait(30) == 1
    assert state(site) == "cancelled"


def test_a_killed_worker_ends_the_test(site: Site) -> None:
    pids = ask(site, seconds=60)
    psutil.Process(pids[0]).kill()
    assert site.processes["asker"].wait(30) == 1
    assert state(site) == "failed"
    assert "died within" in report(site)
    assert "(signal SIGKILL)" in report(site)
    until(lambda: not any(alive(pid) for pid in pids), "the end of the other worker")
