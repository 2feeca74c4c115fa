"""Frames of samples: the verdict with the culprits in it, small enough for every viewer."""

import pytest

from monitor.ingest import frames
from monitor.metrics import json as metrics_json
from monitor.metrics.reading import Reading
from monitor.metrics.usage import GroupShare, Kind
from monitor.metrics.windows import MEAN_METRICS
from tests.stages.busy import BUSY
from tests.stages.snapshots import document, row, waiting


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
         {"by_memory": [row("java", rss=2**31)]}, "short of memory (the largest is java (2 GiB))"),
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


def test_the_groups_at_work_are_told_and_what_nobody_knows_is_null(now_ms):
    reading, means = Reading(now_ms, 1.0, 0.0, BUSY), dict.fromkeys(MEAN_METRICS)
    shares = (GroupShare(Kind.SESSION, "session", "anna", 12.5),)
    assert metrics_json.encode(frames.sample_frame(reading, means, 1, None, groups=shares)["groups"]) == (
        '[{"name":"session","kind":"session","user":"anna","cpu_percent":12.5}]'
    )
    assert frames.sample_frame(reading, means, 1, None, groups=())["groups"] == []
    assert frames.sample_frame(reading, means, 1, None)["groups"] is None
