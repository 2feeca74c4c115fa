"""Parts that keep ending: everybody is told which, and staff alone what they said last."""

from __future__ import annotations

import pytest
from django.test import Client

from monitor.runtime import clock
from monitor.runtime.endings import Board, Ending
from monitor.web.dashboard import schemas, status
from tests.factories import make_samples, make_user
from tests.stages.api import get
from tests.stages.contract import breaches_of
from tests.web.conftest import BACKEND

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
SECRET = "postgres://me:secret@db"
SENTENCE = "The sampler keeps ending: 6 times in 31 s, the last time with status 1. It runs again."


@pytest.fixture
def dying(settings, tmp_path):
    """A sampler that keeps ending, and said a secret."""
    settings.LOADMON_DATA_DIR = tmp_path
    board = Board(tmp_path, print)
    board.show([Ending("the sampler", "with status 1", 6, 0.0, 31.0, None, ("begins", SECRET))])
    yield board
    board._lock.close()


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make_user("boss", is_staff=True), backend=BACKEND)
    return client


def test_everybody_is_told_which_part_and_staff_alone_what_it_said(dying, client, ann, staff, host):
    for one in (client, ann):
        assert get(one, "status")["parts"] == [{"name": "the sampler", "sentence": SENTENCE, "said": None}]
        page = one.get("/").content.decode()
        assert SENTENCE in page
        assert SECRET not in page
    assert get(staff, "status")["parts"][0]["said"] == ["begins", SECRET]
    assert f"{SENTENCE} It last said: begins | {SECRET}" in staff.get("/").content.decode()


def test_the_live_frame_which_serves_all_tells_no_last_lines(dying, host):
    frame = status.status_frame(host, clock.now_ms(), None)
    assert breaches_of(schemas.StatusFrame, frame) == []
    assert frame["parts"] == [{"name": "the sampler", "sentence": SENTENCE, "said": None}]


def test_health_says_it_until_it_is_over(dying, client, host, settings):
    settings.LOADMON_HOST_NAME = host.name
    make_samples(host, 1, end_ms=clock.now_ms())
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "error": SENTENCE})
    dying.show([])
    assert client.get("/healthz").json() == {"ok": True}
    assert get(client, "status")["parts"] == []
