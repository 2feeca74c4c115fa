"""Streamed answers wait for their reader."""

import asyncio
import functools
import http.client
from contextlib import closing

import pytest

from monitor.web.pacing import Pace, paced
from tests.stages.processes import resident_kilobytes
from tests.stages.servers import Site


class Request:
    """What Daphne's request does about producers."""

    def __init__(self) -> None:
        self.channel = object()
        self.producer = None

    def registerProducer(self, producer, streaming) -> None:
        assert self.producer is None
        assert streaming
        self.producer = producer

    def unregisterProducer(self) -> None:
        self.producer = None


def sender(request: Request, sent: list[dict]):
    async def send(request: Request, message: dict) -> None:
        sent.append(message)

    return functools.partial(send, request)


def part(number: int, more: bool = True) -> dict:
    return {"type": "http.response.body", "body": b"%d" % number, "more_body": more}


async def test_a_part_is_done_only_once_the_socket_takes_more() -> None:
    request, sent = Request(), []
    pace = Pace(sender(request, sent))
    await pace(part(1))
    request.producer.pauseProducing()
    waiting = asyncio.create_task(pace(part(2)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (len(sent), waiting.done()) == (2, False)
    request.producer.resumeProducing()
    await waiting


async def test_a_reader_that_leaves_ends_the_waiting() -> None:
    request = Request()
    pace = Pace(sender(request, []))
    await pace(part(1))
    request.producer.pauseProducing()
    waiting = asyncio.create_task(pace(part(2)))
    await asyncio.sleep(0)
    request.producer.stopProducing()
    await waiting


async def test_the_last_part_goes_at_once_and_leaves_no_producer() -> None:
    request, sent = Request(), []
    pace = Pace(sender(request, sent))
    await pace({"type": "http.response.start", "status": 200, "headers": []})
    assert request.producer is None
    await pace(part(1))
    assert request.producer is pace.valve
    request.producer.pauseProducing()
    await pace(part(2, more=False))
    assert (len(sent), request.producer) == (3, None)


async def test_another_server_and_another_protocol_are_left_alone() -> None:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    async def application(scope, receive, send) -> None:
        await send(part(1))

    await paced(application)({"type": "http"}, None, send)
    await paced(application)({"type": "websocket"}, None, send)
    assert len(sent) == 2


@pytest.mark.processes
def test_a_reader_that_does_not_read_costs_the_server_next_to_nothing() -> None:
    with Site(LOADMON_PUBLIC="yes") as site:
        site.shell(
            "from django.db import connection as c\n"
            "from monitor.models import Host\n"
            "h = Host.objects.create(name='testhost')\n"
            "c.cursor().execute('INSERT INTO monitor_sample (host_id, taken_at_ms, covered_ms, load1, load5, load15) '"
            " 'WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i < 199999) '"
            " 'SELECT %s, 1700000000000 + i*1000, 1000, 0.123456789, 0.2, 0.3 FROM n', [h.pk])"
        )
        site.start_web()
        path = "/api/v1/samples.csv?start=2023-11-14T00:00:00Z&end=2023-11-20T00:00:00Z"
        site.request(
            "GET", path
        )  # what the first answer of this size costs, whoever reads it, is no cost of a reader
        with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)) as lazy:
            lazy.request("GET", path)
            answer = lazy.getresponse()
            answer.read(100)
            web = site.processes["web"].pid
            before = resident_kilobytes(web)
            _, _, whole = site.request(
                "GET", path
            )  # in this time the lazy one could have been sent all as well
            assert len(whole) > 15_000_000
            assert resident_kilobytes(web) - before < 8_000
            assert answer.read().count(b"\r\n") > 190_000
