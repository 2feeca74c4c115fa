"""Commands that store much beside a real sampler: it goes on, and a kill half-way is mended by the next run."""

from __future__ import annotations

import pytest

from tests.stages.servers import Site, until

pytestmark = pytest.mark.processes


def test_a_demo_host_is_made_beside_a_sampler_and_anew_after_a_kill_half_way():
    with Site() as site:
        site.start_sampler()
        site.start("seeding", "manage.py", "seeddemo", "--days", "90", "--interval", "20")
        until(lambda: site.query("select 1 from monitor_hourrollup limit 1"), "the first hours")
        refused = site.manage("seeddemo", check=False)
        assert (refused.returncode, "Another importhistory or seeddemo runs (process" in refused.stderr) == (
            1,
            True,
        )
        site.kill("seeding")
        assert (
            "The synthetic host demo holds 1 day"
            in site.manage("seeddemo", "--days", "1", "--interval", "60").stdout
        )
        assert site.alive("sampler")
        assert "Traceback" not in site.log("sampler")
        demo = "host_id = (select id from monitor_host where name = 'demo')"
        assert site.query(
            f"select count(*) from monitor_rollupprogress where {demo} and seen_id < 1000000"
        ) == [(3,)]
        assert site.query(f"select count(*) > 1000 from monitor_sample where {demo}") == [(1,)]
        assert "is gone" in site.manage("seeddemo", "--remove").stdout
        assert site.query("select count(*) from monitor_host") == [(1,)]
