"""Prometheus text of /metrics: the newest stored sample of each host, its age, and its open alerts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from monitor.access.permissions import readers_only
from monitor.alerts.models import Alert
from monitor.history import samples
from monitor.history.answers import Sample
from monitor.history.domain.age import age
from monitor.hosts.models import Host
from monitor.metrics.catalogue import CATALOGUE
from monitor.rules.models import Severity
from monitor.runtime import clock

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
STALE_SECONDS = 300.0  # as Prometheus itself: an older value is not the value now


class StoredSamples(Collector):
    """Reads the database anew at every scrape."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield every family; what is unknown is left out, never zero."""
        hosts = list(Host.objects.order_by("name"))
        latest = samples.latest_of(hosts)
        newest = {host.name: latest[host.pk] for host in hosts if host.pk in latest}
        ages = {host.name: self._age(newest.get(host.name)) for host in hosts}
        yield _ages(ages)
        fresh = {
            name: one
            for name, one in newest.items()
            if (seconds := ages[name]) is not None and seconds <= STALE_SECONDS
        }
        for metric in CATALOGUE.values():
            family = GaugeMetricFamily(f"loadmon_{metric.name}", metric.help, labels=["host"])
            for name, sample in fresh.items():
                value = sample["values"][metric.name]
                if value is not None:
                    family.add_metric([name], value)
            if family.samples:
                yield family
        yield _open_alerts(hosts)

    def _age(self, sample: Sample | None) -> float | None:
        return age(None if sample is None else sample["at"], self.now_ms)


def text(now_ms: int) -> bytes:
    """The whole page; raises what the database raises."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(StoredSamples(now_ms))
    return generate_latest(registry)


def _ages(ages: dict[str, float | None]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "loadmon_sample_age_seconds",
        "Seconds since the newest stored sample was taken; absent where it lies ahead of the clock, so that nobody knows.",
        labels=["host"],
    )
    for name, seconds in ages.items():
        if seconds is not None:
            family.add_metric([name], seconds)
    return family


def _open_alerts(hosts: Iterable[Host]) -> GaugeMetricFamily:
    family = GaugeMetricFamily("loadmon_open_alerts", "Alerts that stand now.", labels=["host", "severity"])
    rows = Alert.objects.filter(resolved_at=None).order_by().values_list("host__name", "severity")
    counts = {(name, severity): count for name, severity, count in rows.annotate(count=Count("id"))}
    for host in hosts:
        for severity in Severity.values:
            family.add_metric([host.name, severity], counts.get((host.name, severity), 0))
    return family


@require_safe
@readers_only
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text."""
    return HttpResponse(text(clock.now_ms()), content_type=CONTENT_TYPE)
