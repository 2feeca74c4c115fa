"""The past as CSV: the right cells, in pages, in constant memory, under the same rules as the rest of the API."""

import asyncio
import csv
import io
import tracemalloc

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitor.history.models import Sample
from monitor.metrics.catalogue import NAMES
from monitor.metrics.times import moment
from monitor.web import tables
from monitor.web.history import csv as history_csv
from tests.factories import NOW_MS, make_host, make_samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
START = NOW_MS - NOW_MS % 60_000


def get(client, path, start_ms=START, end_ms=START + 600_000, **parameters):
    span = {"start": moment(start_ms).isoformat(), "end": moment(end_ms).isoformat()}
    return client.get(f"/api/v1/{path}", {**span, **parameters})


def table(response) -> list[list[str]]:
    assert response.status_code == 200, response.content
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode(), newline="")))


def test_samples_come_oldest_first_with_both_times_and_empty_cells_for_the_unknown(client) -> None:
    make_samples(make_host(), 3, end_ms=START + 2000, load1=[1.5, None, 3.0])
    rows = table(get(client, "samples.csv", metrics="load1,cpu_percent"))
    assert rows == [
        ["time", "at_ms", "covered_ms", "load1", "cpu_percent"],
        [f"{moment(START):%Y-%m-%dT%H:%M:%S}.000Z", str(START), "1000", "1.5", "20.0"],
        [f"{moment(START + 1000):%Y-%m-%dT%H:%M:%S}.000Z", str(START + 1000), "1000", "", "20.0"],
        [f"{moment(START + 2000):%Y-%m-%dT%H:%M:%S}.000Z", str(START + 2000), "1000", "3.0", "20.0"],
    ]


def test_samples_hold_every_metric_unless_told_and_end_before_the_end(client) -> None:
    make_samples(make_host(), 5, end_ms=START + 4000)
    rows = table(get(client, "samples.csv", START + 1000, START + 3000))
    assert rows[0] == ["time", "at_ms", "covered_ms", *NAMES]
    assert [row[1] for row in rows[1:]] == [str(START + 1000), str(START + 2000)]


def test_the_table_of_a_span_has_columns_of_percentiles_when_they_are_asked_for(client) -> None:
    begin = START - START % 1_200_000
    loads = [float(second // 60) for second in range(1200)]
    make_samples(make_host(), 1200, end_ms=begin + 1_199_000, load1=loads)
    asked = {"start_ms": begin, "end_ms": begin + 1_200_000, "metrics": "load1", "points": 20}
    plain, rows = (
        table(get(client, "history.csv", **asked)),
        table(get(client, "history.csv", **asked, percentiles="yes")),
    )
    assert plain[0] == ["time", "at_ms", "load1_mean", "load1_low", "load1_high"]
    assert rows[0] == [*plain[0], "load1_p5", "load1_p95"]
    assert [row[:5] for row in rows] == plain
    assert {tuple(row[5:]) for row in rows[1:]} == {("0.0", "18.0")}


def test_pages_meet_without_overlap_or_hole(client, monkeypatch) -> None:
    monkeypatch.setattr(history_csv, "PAGE", 7)
    make_samples(make_host(), 50, end_ms=START + 49_000)
    make_samples(make_host("other"), 50, end_ms=START + 49_500)
    rows = table(get(client, "samples.csv", host="db-01", metrics="load1"))
    assert [int(row[1]) for row in rows[1:]] == [START + second * 1000 for second in range(50)]


def test_a_span_without_samples_is_its_header(client) -> None:
    make_host()
    assert len(table(get(client, "samples.csv"))) == 1


def test_history_has_a_row_a_bucket_and_empty_cells_in_a_gap(client, monkeypatch) -> None:
    monkeypatch.setattr(history_csv, "PAGE", 4)
    make_samples(make_host(), 60, end_ms=START + 59_000, load1=[1.0] * 59 + [61.0])
    rows = table(get(client, "history.csv", points=10, metrics="load1"))
    assert rows[0] == ["time", "at_ms", "load1_mean", "load1_low", "load1_high"]
    assert rows[1][1:] == [str(START), "2.0", "1.0", "61.0"]
    assert [row[2:] for row in rows[2:]] == [["", "", ""]] * 9


@pytest.mark.parametrize(("path", "name"), [("samples.csv", "samples"), ("history.csv", "history")])
def test_the_answer_is_a_file_that_nothing_compresses_or_keeps(client, path, name) -> None:
    make_host("web 1/a")
    client.defaults["HTTP_ACCEPT_ENCODING"] = "gzip"
    response = get(client, path, 0, 60_000)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Encoding"] == "identity"
    assert response["Cache-Control"] == "no-store"
    expected = f'attachment; filename="web-1-a_{name}_1970-01-01T0000Z_1970-01-01T0001Z.csv"'
    assert response["Content-Disposition"] == expected


@pytest.mark.parametrize("path", ["samples.csv", "history.csv"])
@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"host": "nobody"}, 404),
        ({"metrics": "nonsense"}, 400),
        ({"start": "now"}, 400),
        ({"nonsense": "1"}, 400),
        ({"start": "1970-01-01T00:00:00Z", "end": "2020-01-01T00:00:00Z"}, 400),
    ],
)
def test_what_cannot_be_read_is_refused_in_the_one_shape(client, path, parameters, status) -> None:
    make_host()
    response = client.get(f"/api/v1/{path}", parameters)
    assert (response.status_code, response.json()["status"]) == (status, status)


@pytest.mark.parametrize("path", ["samples.csv", "history.csv"])
def test_who_may_not_look_gets_no_file(client, settings, path) -> None:
    settings.LOADMON_PUBLIC = "no"
    make_host()
    assert get(client, path).status_code == 401


def test_each_page_is_one_bounded_query_by_key(client, monkeypatch) -> None:
    monkeypatch.setattr(history_csv, "PAGE", 10)
    make_samples(make_host(), 25, end_ms=START + 24_000)
    response = get(client, "samples.csv", metrics="load1")
    with CaptureQueriesContext(connection) as queries:
        table(response)
    assert len(queries) == 4
    assert all("LIMIT 10" in query["sql"] and "OFFSET" not in query["sql"] for query in queries)


def test_a_hundred_thousand_samples_stream_in_constant_memory() -> None:
    host = make_host()
    insert = (
        "INSERT INTO monitor_sample (host_id, taken_at_ms, covered_ms, load1) "
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) "
        "SELECT CAST(%s AS bigint), %s + i * 1000, 1000, 0.5 FROM n"
    )
    with connection.cursor() as cursor:
        cursor.execute(insert, [host.pk, START])
    size = count = 0
    tracemalloc.start()
    try:
        for part in tables.lines(history_csv.of_samples(host, NAMES, START, START + 100_000_000)):
            size += len(part)
            count += part.count(b"\r\n")
            assert len(part) < 500_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 100_001
    assert size > 5_000_000
    assert peak < 4_000_000


def test_under_asgi_the_parts_come_one_by_one(monkeypatch) -> None:
    monkeypatch.setattr(history_csv, "PAGE", 2)
    asked = []

    def page(key):
        asked.append(key)
        return ([(key or 0,)], (key or 0) + 1) if (key or 0) < 3 else ([], None)

    async def first_two() -> list[bytes]:
        parts = tables.alines((("n",), page))
        return [await anext(parts), await anext(parts)]

    assert asyncio.run(first_two()) == [b"n\r\n", b"0\r\n"]
    assert asked == [None]


def test_an_asgi_request_is_answered_asynchronously(rf) -> None:

    request = ASGIRequest({"type": "http", "method": "GET", "path": "/", "headers": []}, io.BytesIO())
    assert tables.answer(request, (("n",), lambda key: ([], None)), "x.csv").is_async
    assert not tables.answer(rf.get("/"), (("n",), lambda key: ([], None)), "x.csv").is_async


def test_a_sample_of_another_time_never_repeats(client) -> None:
    host = make_host()
    make_samples(host, 3, end_ms=START + 2000)
    [pages] = [history_csv.of_samples(host, ("load1",), START, START + 9000)]
    parts = tables.lines(pages)
    next(parts), next(parts)
    Sample.objects.create(host=host, taken_at_ms=START + 500, covered_ms=500)
    assert list(parts) == []
