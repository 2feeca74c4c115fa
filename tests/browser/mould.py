"""Installations for browser tests: one is made and filled once per session, every site is a quick cast of it."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from tests.stages.servers import Site, until

PASSWORD = "a long pass phrase"
EVIL = "<img src=x onerror=alert(1)>"

# Runs in `manage.py shell`. Hosts: testhost (full), gappy, large, alone, crowded (500 alerts), hostile (markup in names).
FILL = f"""
import json, math, time
from django.contrib.auth import get_user_model
from django.test import Client
from monitor.models import Sample
from tests import factories as make

now = time.time_ns() // 1_000_000
wave = [round(30 + 20 * math.sin(i / 40), 2) for i in range(1200)]
USUAL = dict(
    cpu_percent=wave, load1=[round(value / 25, 2) for value in wave], load5=0.77, load15=0.66, tasks_running=3,
    tasks_blocked=1, pressure_cpu_some_percent=12.0, pressure_io_some_percent=3.0, pressure_memory_some_percent=0.0,
    memory_used_bytes=3 * 2**30, memory_available_bytes=5 * 2**30, swap_used_bytes=0, self_cpu_percent=0.4,
    self_rss_bytes=50 * 2**20,
)

def host(name, count=1200, values=USUAL, **fields):
    made = make.make_host(name, booted_at=make.moment(now - 90_000_000), **fields)
    make.make_samples(made, count, end_ms=now, **values)
    return made

host("testhost")
host("large", values=dict(cpu_percent=100.0, load1=300.0, load5=299.5, load15=290.0), effective_cores=256.0)
host("alone", count=1)
gappy = host("gappy")
make.make_load_test(gappy, "finished", now - 1_000_000, ended_at=make.moment(now - 800_000))
make.make_alert(gappy, fired_ms=now - 300_000, resolved_ms=now - 200_000)
Sample.objects.filter(host=gappy, taken_at_ms__range=(now - 700_000, now - 400_000)).delete()

crowded = host("crowded")
for i in range(460):
    fired = now - 700_000 - i * 120_000
    make.make_alert(crowded, fired_ms=fired, resolved_ms=fired + 60_000)
for i in range(40):
    make.make_alert(crowded, fired_ms=now - 30_000 - i * 1000, severity="critical" if i == 7 else "warning")

hostile = host("hostile")
evil = make.make_rule({EVIL!r}, severity="critical", enabled=False)
make.make_alert(hostile, fired_ms=now - 60_000, rule=evil, rule_name=evil.name, note="<script>alert(2)</script>")
make.make_load_test(hostile, "finished", now - 50_000, ended_at=make.moment(now - 40_000), report={EVIL!r})

keys = {{}}
users = get_user_model().objects
for person in (users.create_superuser("admin", password={PASSWORD!r}), users.create_user("viewer", password={PASSWORD!r})):
    client = Client()
    client.force_login(person)
    keys[person.username] = client.session.session_key
print(json.dumps(keys))
"""

TIMES = {
    "monitor_alert": ("started_at", "fired_at", "resolved_at", "last_seen_at"),
    "monitor_loadtest": ("requested_at", "started_at", "ended_at"),
}


class Cast(Site):
    """A site whose database, secret key and static files come from a mould."""

    def __init__(self, mould: Mould, **environment: str) -> None:
        super().__init__(**environment)
        self.mould = mould

    def __enter__(self) -> Cast:
        source = self.mould.data
        (self.data / "static").symlink_to(source / "static")
        for name in ("secret_key", "loadmon.sqlite3"):
            (self.data / name).touch(mode=0o600)
        (self.data / "secret_key").write_bytes((source / "secret_key").read_bytes())
        with closing(sqlite3.connect(source / "loadmon.sqlite3")) as old, closing(self._database()) as new:
            old.backup(new)
        self.freshen()
        return self

    def cookie(self, who: str) -> dict[str, Any]:
        """The cookie of a browser in which `who` is logged in."""
        return {"name": f"loadmon_session_{self.port}", "value": self.mould.keys[who], "url": self.url}

    def freshen(self) -> None:
        """Move every stored sample, alert and load test in time, so that the newest sample is of now."""
        [(newest,)] = self.query("select max(taken_at_ms) from monitor_sample")
        far = 10**14  # by way of far away: no two samples of a host may ever share a time
        self.execute("update monitor_sample set taken_at_ms = taken_at_ms - ?", far)
        moved = time.time_ns() // 1_000_000 - newest
        self.execute("update monitor_sample set taken_at_ms = taken_at_ms + ?", far + moved)
        for table, columns in TIMES.items():
            shifts = ", ".join(f"{name} = strftime('%Y-%m-%d %H:%M:%f', {name}, :by)" for name in columns)
            self.execute(f"update {table} set {shifts}", {"by": f"{moved / 1000:+.3f} seconds"})

    def silence_rules(self) -> None:
        """Let no alert fire on whatever else this machine does."""
        self.execute("update monitor_rule set enabled = 0")

    def stored(self, host: str = "testhost") -> list[tuple[int, float]]:
        """(time, CPU) of the samples of a host, oldest first."""
        sql = (
            "select taken_at_ms, cpu_percent from monitor_sample"
            " where host_id = (select id from monitor_host where name = ?) order by taken_at_ms"
        )
        return [(at, cpu) for at, cpu in self.query(sql, host)]

    def minutes(self, host: str = "testhost") -> dict[int, float]:
        """The mean CPU of each minute that has samples, oldest first, by the time of its beginning."""
        grouped: dict[int, list[float]] = {}
        for at, cpu in self.stored(host):
            grouped.setdefault(at - at % 60_000, []).append(cpu)
        return {minute: fmean(values) for minute, values in grouped.items()}

    def grow(self, by: int) -> None:
        """Wait until the sampler has stored `by` more samples."""
        wanted = self.count() + by
        until(lambda: self.alive("sampler") and self.count() >= wanted, f"{by} more samples")

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.data / "loadmon.sqlite3", timeout=10)


@dataclass(frozen=True)
class Mould:
    """The filled installation that nothing runs in, and the session keys of its accounts."""

    site: Site
    keys: dict[str, str]

    @property
    def data(self) -> Any:
        """Its data directory."""
        return self.site.data


@contextmanager
def make_mould() -> Iterator[Mould]:
    """Migrate, fill and collect; take it all away afterwards."""
    with Site() as site:
        site.manage("collectstatic", "-v0", "--noinput", "--skip-checks")
        yield Mould(site, json.loads(site.shell(FILL).splitlines()[-1]))
