"""The live hub with real rows and viewers that only take note."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async

from monitor.history.models import Sample
from monitor.hosts.models import Host
from monitor.ingest import frames
from monitor.live import hub as hub_module
from monitor.live import publishing
from monitor.live.hub import Hub
from monitor.live.viewer import Viewer
from monitor.metrics.reading import Reading
from monitor.metrics.windows import MEAN_METRICS
from monitor.web.dashboard import feed
from tests.factories import make_alert

pytestmark = pytest.mark.django_db(transaction=True)

NO_MEANS = dict.fromkeys(MEAN_METRICS)


class Browser(Viewer):
    """A viewer that keeps what it was sent."""

    def __init__(self, host="db-01", session_key=None):
        self.messages = []
        super().__init__(host, self._take, session_key)

    async def _take(self, message):
        self.messages.append(message)

    def frames(self, kind):
        texts = [json.loads(m["text"]) for m in self.messages if m["type"] == "websocket.send"]
        return [frame for frame in texts if frame["type"] == kind]


def event(sample_id, previous_id, at=1000):
    reading = Reading(at, 1.0, 0.0, {"cpu_percent": 5.0})
    return publishing.sample_event("db-01", frames.sample_frame(reading, NO_MEANS, sample_id, previous_id))


def store(host, count, start=1000):
    return [
        Sample.objects.create(host=host, taken_at_ms=start + i * 1000, covered_ms=1000).pk
        for i in range(count)
    ]


@pytest.fixture
def host(transactional_db):
    return Host.objects.create(name="db-01")


@pytest.fixture
async def hub(monkeypatch):
    hub = Hub(feed)
    monkeypatch.setattr(hub, "_start", lambda: None)
    return hub


async def joined(hub, **kwargs):
    browser = Browser(**kwargs)
    assert await hub.join(browser)
    return browser


async def test_a_viewer_is_greeted_with_hello_alerts_and_status(host, hub):
    [newest] = await sync_to_async(store)(host, 1)
    browser = await joined(hub)
    [hello] = browser.frames("hello")
    assert (hello["version"], hello["host"], hello["last_id"]) == (1, "db-01", newest)
    assert browser.frames("alerts")[0]["open"] == []
    assert browser.frames("status")[0]["host"]["name"] == "db-01"


async def test_a_viewer_may_come_before_the_first_sampler(transactional_db, hub):
    browser = await joined(hub, host="not-yet")
    assert browser.frames("hello")[0]["last_id"] is None


async def test_every_viewer_of_a_host_gets_each_sample_once(host, hub):
    one, two = await joined(hub), await joined(hub)
    for _ in range(3):
        await hub.handle(event(1, None))
    assert len(one.frames("sample")) == len(two.frames("sample")) == 1


async def test_a_hole_is_filled_from_the_database_in_order(host, hub):
    first, second, third, fourth = await sync_to_async(store)(host, 4)
    browser = await joined(hub)
    hub._last_ids["db-01"] = first
    await hub.handle(event(fourth, third, at=4000))
    assert [frame["id"] for frame in browser.frames("sample")] == [second, third, fourth]


async def test_a_silent_layer_is_replaced_by_reading_the_database(host, hub, monkeypatch):
    first, second = await sync_to_async(store)(host, 2)
    browser = await joined(hub)
    hub._last_ids["db-01"] = first
    monkeypatch.setattr(hub_module, "SILENT_SECONDS", 0.0)
    await hub._watch()
    [frame] = browser.frames("sample")
    assert frame["id"] == second
    assert frame["verdict"]["tone"] == "unknown"


async def test_a_reading_that_could_not_be_stored_is_passed_on_all_the_same(host, hub):
    browser = await joined(hub)
    await hub.handle(event(None, None))
    assert browser.frames("sample")[0]["id"] is None


async def test_a_sampler_that_cannot_store_is_heard(host, hub):
    browser = await joined(hub)
    told = {
        "state": "storing_failed",
        "waiting": 7,
        "message": "Disk full.",
        "failing": {},
        "lateness_ms": 1.0,
    }
    await hub.handle(publishing.status_event("db-01", told))
    assert browser.frames("status")[-1]["sampler"]["message"] == "Disk full."
    assert browser.frames("status")[-1]["sampler"]["waiting"] == 7


async def test_another_hosts_events_are_not_shown(host, hub):
    browser = await joined(hub)
    await hub.handle({**event(1, None), "host": "other"})
    assert browser.frames("sample") == []


async def test_a_slow_reader_is_bounded_and_loses_the_oldest(host, hub):
    slow, quick = await joined(hub), await joined(hub)
    slow.valve.pauseProducing()
    for n in range(1, 101):
        await hub.handle(event(n, None, at=n))
    assert len(quick.frames("sample")) == 100
    assert slow.frames("sample") == []
    slow.valve.resumeProducing()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [frame["id"] for frame in slow.frames("sample")] == list(range(71, 101))


async def test_what_was_kept_goes_out_before_what_is_new(host, hub):
    browser = await joined(hub)
    browser.valve.pauseProducing()
    await hub.handle(event(1, None))
    browser.valve.resumeProducing()
    await hub.handle(event(2, 1, at=2000))
    await asyncio.sleep(0)
    assert [frame["id"] for frame in browser.frames("sample")] == [1, 2]


async def test_one_broken_viewer_does_not_keep_the_others_waiting(host, hub):
    broken, healthy = await joined(hub), await joined(hub)

    async def fail(message):
        raise ConnectionResetError

    broken._send = fail
    await hub.handle(event(1, None))
    assert len(healthy.frames("sample")) == 1
    assert hub.count() == 1


async def test_a_log_out_closes_the_sockets_of_that_session_only(host, hub):
    mine, other, anonymous = (
        await joined(hub, session_key="a"),
        await joined(hub, session_key="b"),
        await joined(hub),
    )
    await hub.handle(publishing.session_ended_event(hub_module.sessions.digest("a")))
    assert mine.messages[-1]["code"] == 4401
    assert other.messages[-1]["type"] == anonymous.messages[-1]["type"] == "websocket.send"


async def test_too_many_viewers_are_refused(host, hub, monkeypatch):
    monkeypatch.setattr(hub_module, "MOST_VIEWERS", 1)
    await joined(hub)
    assert not await hub.join(Browser())


async def test_a_stampede_reads_the_database_once(host, hub, monkeypatch):
    calls = []
    real = feed.hello
    monkeypatch.setattr(feed, "hello", lambda name: calls.append(name) or real(name))
    await asyncio.gather(*[hub.join(Browser()) for _ in range(50)])
    assert len(calls) == 1


async def test_the_last_viewer_to_leave_leaves_nothing_behind(host, hub):
    browser = await joined(hub)
    hub.leave(browser)
    hub.leave(browser)
    assert hub.count() == 0
    assert hub.viewers == {}


async def test_news_of_an_alert_that_the_layer_lost_come_with_the_next_hole(host, hub):
    first, second, third = await sync_to_async(store)(host, 3)
    browser = await joined(hub)
    hub._last_ids["db-01"] = first
    await sync_to_async(make_alert)(host)
    await hub.handle(event(third, second, at=3000))
    assert len(browser.frames("alerts")[-1]["open"]) == 1


async def test_news_of_an_alert_that_the_layer_lost_come_with_the_heartbeat(host, hub, monkeypatch):
    monkeypatch.setattr(hub_module, "HEARTBEAT_SECONDS", 0.0)
    browser = await joined(hub)
    await sync_to_async(make_alert)(host)
    await hub._beat()
    assert len(browser.frames("alerts")[-1]["open"]) == 1


async def test_a_heartbeat_repeats_no_status_that_the_sampler_has_just_told(host, hub, monkeypatch):
    monkeypatch.setattr(hub_module, "HEARTBEAT_SECONDS", 0.0)
    browser = await joined(hub)
    greeted = len(browser.frames("status"))
    await hub._beat()
    assert len(browser.frames("status")) == greeted + 1
    await hub.handle(publishing.status_event("db-01", {"state": "running"}))
    await hub._beat()
    assert len(browser.frames("status")) == greeted + 2
    monkeypatch.setattr(hub_module, "STATUS_SECONDS", 0.0)
    await hub._beat()
    assert len(browser.frames("status")) == greeted + 3


async def test_a_hopeless_reader_is_closed(host, hub, monkeypatch):
    monkeypatch.setattr(hub_module, "HEARTBEAT_SECONDS", 0.0)
    monkeypatch.setattr(hub_module, "HOPELESS_SECONDS", -1.0)
    stuck = await joined(hub)
    stuck.valve.pauseProducing()
    await hub._beat()
    assert stuck.messages[-1]["code"] == 4408


async def test_a_login_that_ended_elsewhere_is_noticed_at_the_recheck(host, hub, monkeypatch):
    monkeypatch.setattr(hub_module, "RECHECK_SECONDS", 0.0)
    ended, anonymous = await joined(hub, session_key="gone"), await joined(hub)
    await hub._recheck()
    assert ended.messages[-1]["code"] == 4401
    assert "code" not in anonymous.messages[-1]


async def test_a_viewer_who_comes_right_after_an_alert_sees_it(host, hub):
    await joined(hub)
    await sync_to_async(make_alert)(host)
    await hub.handle(publishing.alerts_event("db-01"))
    late = await joined(hub)
    assert len(late.frames("alerts")[-1]["open"]) == 1


async def test_an_alert_that_fires_while_the_greeting_is_on_its_way_is_seen(host, hub, monkeypatch):
    real = hub._greeting

    async def slow_greeting(name):
        greeting = await real(name)
        await sync_to_async(make_alert)(host)
        await hub.handle(publishing.alerts_event("db-01"))
        return greeting

    monkeypatch.setattr(hub, "_greeting", slow_greeting)
    browser = await joined(hub)
    assert len(browser.frames("alerts")[-1]["open"]) == 1


async def test_a_reload_keeps_the_way_through_the_database(host, hub, monkeypatch):
    monkeypatch.setattr(hub_module, "SILENT_SECONDS", 0.0)
    await sync_to_async(store)(host, 1)
    hub.leave(await joined(hub))
    browser = await joined(hub)
    [second] = await sync_to_async(store)(host, 1, start=5000)
    await hub._watch()
    assert [frame["id"] for frame in browser.frames("sample")] == [second]


async def test_a_viewer_from_before_the_first_sample_gets_it_from_the_database(host, hub, monkeypatch):
    monkeypatch.setattr(hub_module, "SILENT_SECONDS", 0.0)
    browser = await joined(hub)
    [first] = await sync_to_async(store)(host, 1)
    await hub._watch()
    assert [frame["id"] for frame in browser.frames("sample")] == [first]


async def test_ids_that_begin_anew_are_followed(host, hub):
    browser = await joined(hub)
    await hub.handle(event(90_000, 89_999))
    await hub.handle(event(1, None, at=2000))
    await hub.handle(event(2, 1, at=3000))
    assert [frame["id"] for frame in browser.frames("sample")] == [90_000, 1, 2]


async def test_a_slow_reader_never_loses_the_alerts(host, hub):
    slow = await joined(hub)
    slow.valve.pauseProducing()
    await sync_to_async(make_alert)(host)
    await hub.handle(publishing.alerts_event("db-01"))
    for n in range(1, 101):
        await hub.handle(event(n, None, at=n))
    slow.valve.resumeProducing()
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(slow.frames("alerts")[-1]["open"]) == 1
