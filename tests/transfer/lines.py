"""Lines of exported history for the tests of transfer: written, read, and made by hand."""

from monitor.alerts.models import Alert
from monitor.history import rollups
from monitor.history.models import Gap, RollupProgress, Sample
from monitor.hosts.models import Host
from monitor.loadtests.models import LoadTest
from monitor.metrics.catalogue import NAMES
from monitor.transfer import format
from monitor.transfer.exporting import Span, jsonl
from monitor.transfer.importing import Importer
from tests.factories import NOW_MS

HOUR_MS = 3_600_000
HEADER = format.line("header", {"format": format.FORMAT, "metrics": list(NAMES)})


def exported(span=None):
    return [text for _, text in jsonl(Host.objects.order_by("name"), span or Span())]


def alert_line(host):
    """The one alert of a host."""
    [line] = [text for _, text in jsonl([host], Span()) if '"alert"' in text]
    return line


def take(lines):
    importer = Importer()
    for _ in importer.take(lines):
        pass
    return importer


def forget():
    """An empty database."""
    for table in (Sample, *rollups.TABLES.values(), RollupProgress, Gap, Alert, LoadTest, Host):
        table._default_manager.all().delete()


def sample_line(at=NOW_MS, host="db-01", covered_ms=1000, values=None):
    values = {"load1": 1.5} if values is None else values
    return format.line("sample", {"host": host, "at": at, "covered_ms": covered_ms, "values": values})
