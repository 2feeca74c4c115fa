"""How long an alert takes from the reading that made it fire to the yes of the one who is told."""

from __future__ import annotations

from datetime import datetime

from tests.bench.table import Row, at_most
from tests.stages.receivers import web_server
from tests.stages.servers import Site, until

INTERVAL = "0.2"
GOAL_MS = 2000.0
RULES = """
from monitor.models import Receiver, Rule
Rule.objects.all().delete()
Receiver.objects.create(name="hook", kind="webhook", address="{url}")
for number in range({many}):
    Rule.objects.create(name=f"Always {{number}}", metric="self_rss_bytes", threshold=1, clear_threshold=1, enabled=False)
"""
NEXT = "update monitor_rule set enabled = 1 where id = (select min(id) from monitor_rule where not enabled)"
DELAYS = """
select n.settled_at, a.fired_at from monitor_notification n join monitor_alert a on a.id = n.alert_id
where n.kind = 'fired' and n.state = 'sent' order by n.id
"""


def measure(quick: bool) -> list[Row]:
    """Milliseconds from the reading to the answer of a webhook on this machine; rule by rule, each fires once."""
    many = 3 if quick else 15
    with web_server() as hook, Site(LOADMON_INTERVAL=INTERVAL, LOADMON_PRIVATE_RECEIVERS="yes") as site:
        site.shell(RULES.format(url=hook.at("hook"), many=many))
        site.start("notifier", "manage.py", "runnotifier")
        site.start_sampler()
        for told in range(1, many + 1):
            site.execute(NEXT)
            until(lambda told=told: len(site.query(DELAYS)) >= told, "the message")  # type: ignore[misc]
        delays = [_ms(settled) - _ms(fired) for settled, fired in site.query(DELAYS)]
    return [at_most(f"read to webhook accepted, {len(delays)} alerts", delays, GOAL_MS, "ms", 0)]


def _ms(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() * 1000
