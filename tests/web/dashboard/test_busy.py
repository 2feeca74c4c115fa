"""What keeps a host busy, as others see it: the verdict, the API, the page and the live frame; secrets for staff only."""

import json

import pytest

from monitor.alerts.evidence import store_busy
from monitor.ingest import frames
from monitor.metrics import json as metrics_json
from monitor.metrics.reading import Reading
from monitor.metrics.windows import MEAN_METRICS
from monitor.web.dashboard import feed, schemas
from monitor.web.schemas import schema
from tests.factories import make_host, make_samples, make_user
from tests.stages.snapshots import document, row, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
COMMAND = "ffmpeg -i holiday.mp4"
BUSY = {
    "load1": 3.1,
    "cpu_percent": 99.0,
    "cpu_effective_cores": 2.0,
    "tasks_running": 3.0,
    "tasks_blocked": 0.0,
}


@pytest.fixture
def busy_host(now_ms):
    """A host that ffmpeg keeps busy at this moment."""
    made = make_host()
    make_samples(made, 3, end_ms=now_ms, **BUSY)
    processes = [row("ffmpeg", 190.0, command=COMMAND)]
    store_busy(made, document(at=now_ms, online_cores=2, by_cpu=processes, by_memory=processes))
    made.refresh_from_db()
    return made


def status(client):
    answer = client.get("/api/v1/status")
    assert answer.status_code == 200
    return answer.json()


def test_the_schema_of_the_status_knows_the_path_of_the_fullest_disk(client, host, now_ms):
    store_busy(host, document(at=now_ms, disk__fullest_path="/var", disk__fullest_left_bytes=1.2e9))
    found = status(client)
    schema(schemas.Status).model_validate(found, strict=True)
    assert found["busy"]["disk"]["fullest_path"] == "/var"


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


def test_the_live_frame_is_the_same_for_all_and_holds_no_command_line(busy_host):
    text = feed.status(busy_host.name, None)
    assert '"ffmpeg"' in text
    assert COMMAND not in text


def test_the_first_paint_holds_the_culprits(client, busy_host):
    assert client.get("/").context["page"]["busy"]["by_cpu"][0]["name"] == "ffmpeg"


def test_samples_that_fill_a_hole_bring_a_verdict_with_the_culprits(busy_host):
    frames = [json.loads(text) for _, text in feed.missed(busy_host.name, 0, 600)]
    assert "ffmpeg" in frames[-1]["verdict"]["text"]


def test_culprits_of_two_minutes_ago_are_not_told(client, busy_host, now_ms):
    store_busy(busy_host, document(at=now_ms - 120_000, by_cpu=[row("ffmpeg", 190.0)]))
    found = status(client)
    assert found["busy"] is None
    assert "ffmpeg" not in found["verdict"]["text"]


def test_the_frame_of_a_sample_carries_names_and_stays_small(now_ms):
    many = [row("n" * 64, 40.0, pid) for pid in range(10)]
    frame = frames.sample_frame(
        Reading(now_ms, 1.0, 0.0, BUSY),
        dict.fromkeys(MEAN_METRICS),
        1,
        None,
        document(by_cpu=many),
    )
    assert "nnn..." in frame["verdict"]["text"]
    assert len(metrics_json.encode(frame)) < 2000


@pytest.mark.parametrize(
    ("values", "busy", "said"),
    [
        ({"tasks_blocked": 6.0, "pressure_io_some_percent": 41.0, "cpu_percent": 8.0},
         {"blocked": [waiting("rsync", "nfs_wait", 6)]}, "waiting for a network file system (6 x rsync, in nfs_wait)"),
        ({"pressure_memory_some_percent": 30.0, "pressure_memory_full_percent": 12.0},
         {"by_memory": [row("java", rss=2**31)]}, "short of memory (java (2 GiB))"),
        ({"cpu_percent": 3.0, "tasks_running": 1.0}, {"by_cpu": [row("idle", 20.0)]},
         "the average still remembers earlier work, 1"),
    ],
)  # fmt: skip
def test_the_verdict_names_those_that_belong_to_its_cause(values, busy, said):
    assert said in frames.judged(BUSY | values, {}, document(**busy))["text"]


def test_a_calm_machine_blames_nobody():
    calm = BUSY | {"load1": 0.2, "cpu_percent": 60.0}
    assert "ffmpeg" not in frames.judged(calm, {}, document(by_cpu=[row("ffmpeg", 190.0)]))["text"]


def test_a_verdict_is_told_of_a_document_with_nothing_in_it():
    assert frames.judged(BUSY, {}, {})["tone"] == "overloaded"
