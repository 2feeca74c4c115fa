"""What keeps a host busy, as others see it: the API and the page tell the same; command lines are for staff only."""

import json

import pytest

from monitor.alerts.evidence import store_busy
from monitor.web.dashboard import schemas
from monitor.web.schemas import schema
from tests.factories import make_user
from tests.stages.busy import COMMAND
from tests.stages.snapshots import document, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
BACKEND = "django.contrib.auth.backends.ModelBackend"


def status(client):
    answer = client.get("/api/v1/status")
    assert answer.status_code == 200
    return answer.json()


def test_the_schema_of_the_status_knows_the_path_of_the_fullest_disk(client, host, now_ms):
    store_busy(host, document(at=now_ms, disk__fullest_path="/var", disk__fullest_left_bytes=1.2e9))
    found = status(client)
    schema(schemas.Status).model_validate(found, strict=True)
    assert found["busy"]["disk"]["fullest_path"] == "/var"


def test_the_status_tells_which_file_systems_are_not_measured(client, host, now_ms):
    unasked = [{"path": "/home", "reason": "this user may not look there", "remedy": "x"}]
    store_busy(host, document(at=now_ms, disk__unasked=unasked, disk__fullest_inodes_left=None))
    found = status(client)
    schema(schemas.Status).model_validate(found, strict=True)
    assert found["busy"]["disk"]["unasked"] == unasked


def test_the_status_names_the_culprits_and_the_verdict_does_too(client, busy_host):
    found = status(client)
    schema(schemas.Status).model_validate(found, strict=True)
    assert found["busy"]["by_cpu"][0]["name"] == "ffmpeg"
    assert found["verdict"]["text"].startswith(
        "Overloaded. Load 3.1 on 2 cores: CPU-bound (mostly ffmpeg (1.9 cores)), 3 running"
    )


@pytest.mark.parametrize("user", [None, "viewer"])
def test_command_lines_are_not_for_whoever_may_look(client, busy_host, user):
    if user:
        client.force_login(make_user(user), backend=BACKEND)
    assert COMMAND not in json.dumps(status(client))
    assert COMMAND not in client.get("/").content.decode()


def test_staff_may_see_command_lines(client, busy_host):
    staff = make_user("ann")
    staff.is_staff = True
    staff.save()
    client.force_login(staff, backend=BACKEND)
    assert status(client)["busy"]["by_cpu"][0]["command"] == COMMAND


def test_the_first_paint_holds_the_culprits(client, busy_host):
    assert client.get("/").context["page"]["busy"]["by_cpu"][0]["name"] == "ffmpeg"


def test_culprits_of_two_minutes_ago_are_not_told(client, busy_host, now_ms):
    store_busy(busy_host, document(at=now_ms - 120_000, by_cpu=[row("ffmpeg", 190.0)]))
    found = status(client)
    assert found["busy"] is None
    assert "ffmpeg" not in found["verdict"]["text"]


def test_the_page_is_told_what_holds_memory_and_is_no_process(client, busy_host, now_ms):
    memory = {"used_bytes": 31 * 2**30, "shared_bytes": 28 * 2**30, "slab_bytes": 2**30}
    store_busy(busy_host, document(at=now_ms, memory=memory))
    found = client.get("/").context["page"]["busy"]
    assert found["holders"] == [{"name": "tmpfs and shared memory", "bytes": 28 * 2**30}]
