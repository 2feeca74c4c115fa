"""The reader of stored documents: whole ones, old ones and damaged ones."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.diagnosis.brief import brief
from monitor.diagnosis.document import told
from monitor.diagnosis.evidence import NOTHING, Evidence, Row, of_reading
from monitor.diagnosis.reader import read
from tests.stages.snapshots import NOW_MS, document, row, waiting


def test_a_whole_document_is_told_in_full():
    blocked = [waiting("rsync", "nfs_wait", 5, pid=7)]
    found = read(document(by_cpu=[row("ffmpeg", 90.0, command="ffmpeg -i x")], blocked=blocked, load1=9.2))
    assert (found.at, found.cores, found.load1, found.cpu.busy) == (NOW_MS, 4.0, 9.2, 10.0)
    assert found.by_cpu[0].command == "ffmpeg -i x"
    assert found.blocked == (Row("rsync", 7, user="anna", waits_in="nfs_wait", threads=5),)
    assert found.busy_cores == 0.4


@pytest.mark.parametrize(
    "stored", [None, [], 7, "x", {}, {"cpu": None, "by_cpu": {}, "tasks": [1], "disk": "x"}]
)
def test_what_is_no_document_tells_nothing(stored):
    assert read(stored) == NOTHING


@pytest.mark.parametrize("value", [True, "9", None, [], float("nan"), float("inf"), 10**400])
def test_what_is_no_number_is_unknown(value):
    found = read(
        {
            "load1": value,
            "cpu": {"busy": value},
            "by_cpu": [{"name": "x", "pid": value, "cpu_percent": value}],
        }
    )
    assert (found.load1, found.cpu.busy, found.by_cpu) == (None, None, (Row("x"),))


def test_text_is_on_one_line_and_of_bounded_length():
    found = read(
        {
            "by_cpu": [{"name": "a\nb\x1b\u202e" + "x" * 999, "user": "\ud800"}],
            "disk": {"fullest_path": "/a\rb", "unasked": [{"path": "/a\nb", "reason": "x\ry"}, 7]},
        }
    )
    assert found.by_cpu[0].name.startswith("a b xxx")
    assert len(found.by_cpu[0].name) == 64
    assert found.by_cpu[0].user == ""
    assert found.disk.fullest_path == "/a b"
    assert [(one.path, one.reason, one.remedy) for one in found.disk.unasked] == [("/a b", "x y", "")]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*document(), "busy", "name", "threads", "command"]), inner, max_size=6
        )
    ),
    max_leaves=30,
)


@given(ANYTHING)
def test_any_json_is_read(stored):
    assert isinstance(read(stored), Evidence)


@given(ANYTHING.filter(lambda stored: stored is not None))
def test_a_damaged_document_can_be_shown_and_holds_no_command_line(stored):
    plain = told(stored | {"at": NOW_MS} if isinstance(stored, dict) else {"at": NOW_MS}, commands=False)
    assert "command" not in {
        key for name in ("by_cpu", "by_memory", "blocked") for one in plain[name] for key in one
    }
    assert isinstance(json.dumps(brief(plain)), str)


def test_no_fewer_tasks_wait_than_the_scan_found_or_the_kernel_counts():
    scanned = read(document(tasks__blocked=5))
    assert of_reading({"tasks_blocked": 0.0}, scanned).tasks.blocked == 5
    assert of_reading({"tasks_blocked": 6.0}, scanned).tasks.blocked == 6
    assert of_reading({}, NOTHING).tasks.blocked is None
