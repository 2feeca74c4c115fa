"""The front door of the real web server under attack: what attackers get, and what others notice of it."""

import signal
from contextlib import ExitStack

import pytest

from tests.stages import attackers
from tests.stages.servers import Site, until

pytestmark = pytest.mark.processes

MOST_GROWTH_MB = 100
"""Daphne alone grew by 300 to 800, for good."""

SEED = """
from django.db import connection as c
from monitor.models import Host
h, _ = Host.objects.get_or_create(name="testhost")
c.cursor().execute(
    "INSERT INTO monitor_sample (host_id, taken_at_ms, covered_ms, load1, load5, load15) "
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i < 5999) "
    "SELECT %s, 1700000000000 + i*1000, 1000, 0.123456789, 0.2, 0.3 FROM n", [h.pk])
"""


@pytest.fixture(scope="module")
def site():
    """A site that everybody may look at, warm, with samples for large answers."""
    with Site(LOADMON_PUBLIC="yes", LOADMON_INTERVAL="1") as site:
        site.shell(SEED)
        site.start_web()
        site.start_sampler()
        for _ in range(3):  # what the first answers cost is no cost of an attack
            site.request("GET", "/")
            site.request("GET", attackers.SAMPLES)
        yield site
        assert "Traceback" not in site.log("web")
        assert len(site.log("web").splitlines()) < 100


@pytest.fixture
def unharmed(site):
    """After the attack the memory is not much more, an honest viewer missed nothing, and the page is there."""
    with attackers.watching(site.port) as viewer:
        with attackers.weighing(site.processes["web"].pid) as memory:
            yield memory
        seen = len(viewer.ids)
        until(lambda: len(viewer.ids) > seen, "the next frame", 60)
    assert (viewer.missed, viewer.failure) == (0, "")
    assert memory.peak - memory.before < MOST_GROWTH_MB
    assert site.request("GET", "/")[0] == 200


def test_a_body_of_300_mb_is_refused_before_it_is_read(site, unharmed) -> None:
    sent, status, ended = attackers.large_post(site.port)
    assert (status, ended) == (413, True)
    assert sent < 60_000_000


def test_endless_chunks_are_cut_off(site, unharmed) -> None:
    sent, status, ended = attackers.endless_chunks(site.port)
    assert (status, ended) == (413, True)
    assert sent < 60_000_000


def test_many_bodies_that_do_not_end_are_not_kept(site, unharmed) -> None:
    start = attackers.head(site.port, "POST", "/api/v1/nothing", "Content-Length: 1000000")
    with attackers.holding(site.port, 60, start + bytes(990_000)) as held:
        answers = [attackers.status(attackers.heard(raw)[0]) for raw in held[:30]]
        assert set(answers) <= {503, 408}


def test_sockets_that_ping_and_do_not_read_are_cut_off(site, unharmed) -> None:
    assert attackers.pinging_non_readers(site.port, 5, 60) == [True] * 5


def test_a_hundred_who_ask_for_much_and_do_not_read_hold_little(site, unharmed) -> None:
    ask = attackers.head(site.port, "GET", attackers.SAMPLES)
    with attackers.holding(site.port, 100, ask) as opened:
        answers = [attackers.status(raw.recv(12) + b" ") for raw in opened]
        assert set(answers) == {200, 503}
        status, _, page = site.request("GET", "/")
        assert (status, b"</html>" in page) == (200, True)


def test_three_hundred_pages_at_once_are_served_or_told_when_to_come_again(site, unharmed) -> None:
    opened = attackers.silent(site.port, 300, attackers.head(site.port, "GET", "/", "Connection: close"))
    answers = [attackers.heard(raw)[0] for raw in opened]
    served = [answer for answer in answers if attackers.status(answer) == 200]
    refused = [answer for answer in answers if attackers.status(answer) == 503]
    assert len(served) + len(refused) == 300
    assert all(b"</html>" in answer for answer in served)
    assert all(b"\r\nRetry-After: 5\r\n" in answer and b"busy" in answer for answer in refused)
    assert served


def test_five_hundred_connections_that_say_little_keep_nobody_out(site, unharmed) -> None:
    with attackers.holding(site.port, 500, b"GET / HTTP/1.1\r\nHost: here\r\nX-A: ") as silent:
        assert site.request("GET", "/")[0] == 200
        assert attackers.trickle(silent[:50], 60)[408] == 50


def test_clients_that_leave_at_once_leave_nothing_behind(site, unharmed) -> None:
    for _ in range(100):
        attackers.silent(site.port, 1, attackers.upgrade(site.port))[0].close()
        attackers.silent(site.port, 1, attackers.head(site.port, "GET", attackers.SAMPLES))[0].close()
    until(lambda: site.request("GET", "/")[0] == 200, "the page", 60)


def test_the_memory_of_an_attack_is_given_back(site) -> None:
    pid = site.processes["web"].pid
    with attackers.weighing(pid) as memory:
        attackers.pages_at_once(site.port, 30, attackers.SAMPLES)
    until(lambda: memory.now() - memory.before < MOST_GROWTH_MB / 2, "the memory", 90)


def test_the_server_tells_no_name_of_its_own(site) -> None:
    assert "server" not in site.request("GET", "/")[1]


@pytest.mark.parametrize("byte", [b"\xff", b"\x00", b"%00", b"\xc3\xa4"])
def test_odd_headers_of_daphnes_own_leave_no_traceback(site, byte) -> None:
    for name in ("Daphne-Root-Path", "Sec-WebSocket-Protocol", "Upgrade"):
        for start in (attackers.head(site.port, "GET", "/healthz"), attackers.upgrade(site.port)):
            raw = attackers.dial(site.port)
            raw.sendall(start.removesuffix(b"\r\n") + name.encode() + b": a" + byte + b"\r\n\r\n")
            assert raw.recv(12).startswith(b"HTTP/1.1 ")
            raw.close()
    assert "Traceback" not in site.log("web")


def test_the_server_ends_when_told_though_clients_are_half_way() -> None:
    with Site(LOADMON_PUBLIC="yes") as other:
        other.start_web()
        other.request("GET", "/healthz")  # it listens before it hears signals
        page = attackers.head(other.port, "GET", "/")
        post = attackers.head(other.port, "POST", "/", "Content-Length: 9")
        with ExitStack() as half:
            for said in (b"GET / HT", page, attackers.upgrade(other.port), post):
                half.enter_context(attackers.holding(other.port, 2, said))
            assert other.kill("web", signal.SIGTERM) == 0
            assert "Traceback" not in other.log("web")
