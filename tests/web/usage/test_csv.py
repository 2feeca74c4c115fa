"""Usage as CSV: a row for each bucket and consumer, in pages, and no name that a spreadsheet would run."""

import csv
import io

import pytest

from monitor.metrics.times import moment
from monitor.metrics.usage import Consumer, Kind, Used
from monitor.web.usage import csv as usage_csv
from tests.stages.usage import BACKUP, NGINX, bucket, keep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]

START = 1_763_434_800_000  # 2025-11-18T03:00:00Z
MINUTE_MS = 60_000


def get(client, minutes=2, **parameters):
    span = {"start": moment(START).isoformat(), "end": moment(START + minutes * MINUTE_MS).isoformat()}
    return client.get("/api/v1/usage.csv", span | parameters)


def table(response) -> list[list[str]]:
    assert response.status_code == 200, response.content
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode(), newline="")))


def test_each_bucket_has_a_row_for_each_consumer(client, host):
    keep(host, bucket(START, {BACKUP: Used(30_000), NGINX: Used(6000)}, not_seen_ms=600))
    response = get(client)
    assert table(response) == [
        ["time", "at_ms", "kind", "name", "user", "cpu_cores"],
        ["2025-11-18T03:00:00.000Z", str(START), "service", "backup.service", "", "0.5"],
        ["2025-11-18T03:00:00.000Z", str(START), "service", "nginx.service", "", "0.1"],
        ["2025-11-18T03:00:00.000Z", str(START), "others", "others", "", "0.0"],
        ["2025-11-18T03:00:00.000Z", str(START), "not_seen", "not seen", "", "0.01"],
        ["2025-11-18T03:01:00.000Z", str(START + MINUTE_MS), "service", "backup.service", "", ""],
        ["2025-11-18T03:01:00.000Z", str(START + MINUTE_MS), "service", "nginx.service", "", ""],
        ["2025-11-18T03:01:00.000Z", str(START + MINUTE_MS), "others", "others", "", ""],
        ["2025-11-18T03:01:00.000Z", str(START + MINUTE_MS), "not_seen", "not seen", "", ""],
    ]
    expected = 'attachment; filename="db-01_usage_2025-11-18T0300Z_2025-11-18T0302Z.csv"'
    assert response["Content-Disposition"] == expected


def test_pages_meet_without_overlap_or_hole(client, host, monkeypatch):
    monkeypatch.setattr(usage_csv, "PAGE", 5)
    keep(host, *(bucket(START + minute * MINUTE_MS, {NGINX: Used(minute)}) for minute in range(7)))
    rows = table(get(client, 7))[1:]
    assert [int(row[1]) for row in rows] == [START + at // 3 * MINUTE_MS for at in range(21)]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@sum(1)", "+1", "-1", "%0a", "＝1"])
def test_no_name_is_a_formula(client, host, name):
    keep(host, bucket(START, {Consumer(Kind.PROGRAM, name, name): Used(9)}))
    [_, first, *_] = table(get(client, by="cpu"))
    assert (first[3], first[4]) == (f"'{name}", f"'{name}")


@pytest.mark.parametrize(
    ("parameters", "status"),
    [({"host": "nobody"}, 404), ({"consumer": "nobody"}, 404), ({"by": "x"}, 400), ({"nonsense": "1"}, 400)],
)
def test_what_cannot_be_read_is_refused_in_the_one_shape(client, host, parameters, status):
    response = get(client, **parameters)
    assert (response.status_code, response.json()["status"]) == (status, status)


def test_who_may_not_look_gets_no_file(client, host, settings):
    settings.LOADMON_PUBLIC = "no"
    assert get(client).status_code == 401
    assert client.get("/api/v1/usage").status_code == 401
