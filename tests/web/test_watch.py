"""The watch over answers: 503 where the database is silent, and patience with a page that is only slow."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from monitor.database import file
from monitor.web import watch as watch_module
from monitor.web.watch import Probe, Watch


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "BEGIN_SECONDS", 0.01)
    monkeypatch.setattr(watch_module, "PROBE_SECONDS", 0.05)


def scope(path: str = "/", method: str = "GET") -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(b"host", b"localhost")],
        "query_string": b"",
    }


class Page:
    """An application that answers once it is let."""

    def __init__(self) -> None:
        self.may_answer, self.asked = asyncio.Event(), 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"page"})


async def answer(watch: Watch, **of: Any) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async with asyncio.timeout(60):
        await watch(scope(**of), None, send)
    return sent


@pytest.fixture
def silence():
    """What a probe asks, which has no answer until it is set."""
    event = threading.Event()
    yield event
    event.set()


async def test_a_page_that_waits_for_a_silent_database_is_503_and_its_late_answer_goes_nowhere(
    silence, caplog
):
    page = Page()
    watch = Watch(page, Probe(lambda: silence.wait(60)))
    start, body = await answer(watch, path="/api/v1/status")
    headers = dict(start["headers"])
    assert (start["status"], headers[b"retry-after"]) == (503, b"5")
    assert b"content-security-policy" in headers
    assert b"does not answer" in body["body"]
    page.may_answer.set()
    await asyncio.sleep(0)
    assert caplog.text.count("the database is silent") == 1


async def test_the_file_of_a_silent_database_is_not_looked_at(silence, monkeypatch):
    def look(*args: Any) -> None:
        raise AssertionError("a file system that is silent too would hold up every viewer")

    for name in ("problem", "inode"):
        monkeypatch.setattr(file, name, look)
    sent = await answer(Watch(Page(), Probe(lambda: silence.wait(60))))
    assert sent[0]["status"] == 503


async def test_while_it_is_known_to_be_silent_nothing_more_is_asked_of_it_but_files_are(silence, settings):
    page = Page()
    watch = Watch(page, Probe(lambda: silence.wait(60)))
    for method in ("GET", "HEAD", "GET"):
        sent = await answer(watch, method=method)
        assert sent[0]["status"] == 503
    assert page.asked == 1
    page.may_answer.set()
    assert (await answer(watch, path=f"{settings.STATIC_URL}x.js"))[0]["status"] == 200


async def test_once_it_speaks_again_pages_are_asked_again(silence):
    page, probe = Page(), Probe(lambda: silence.wait(60))
    watch = Watch(page, probe)
    await answer(watch)
    silence.set()
    page.may_answer.set()
    async with asyncio.timeout(60):
        while probe.is_known_silent:
            await asyncio.sleep(0.01)
    assert (await answer(watch))[0]["status"] == 200


@pytest.mark.parametrize("fails", [False, True])
async def test_a_page_that_is_only_slow_goes_on_and_a_database_that_refuses_is_not_silent(fails):
    page, asked = Page(), []

    def ask() -> None:
        asked.append(1)
        if len(asked) == 3:
            loop.call_soon_threadsafe(page.may_answer.set)
        if fails:
            raise OSError("refused")

    loop = asyncio.get_running_loop()
    sent = await answer(Watch(page, Probe(ask)))
    assert (sent[0]["status"], sent[1]["body"]) == (200, b"page")


async def test_what_a_page_raises_is_raised_as_ever():
    async def broken(scope, receive, send):
        raise LookupError("of a test")

    with pytest.raises(LookupError):
        await answer(Watch(broken))
