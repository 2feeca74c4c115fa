"""The collectors on the host that runs the tests: values in range, and each source broken in turn."""

import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor.collectors import filesystems, procfile
from monitor.collectors.collection import Collection
from monitor.collectors.domain import mounts
from monitor.collectors.registry import REGISTRY
from monitor.conf import BASE_DIR
from monitor.metrics.catalogue import CATALOGUE, NAMES, Kind, Unit

GAUGES = {
    "load1", "load5", "load15", "cpu_effective_cores",
    "memory_used_bytes", "memory_available_bytes", "memory_available_percent",
}  # fmt: skip
RATES = {metric.name for metric in CATALOGUE.values() if metric.kind is Kind.RATE}
SOURCES = {
    "/proc/stat": "cpu",
    "/proc/loadavg": "loadavg",
    "/proc/meminfo": "memory",
    "/proc/vmstat": "swapping",
    "/proc/self/mountinfo": "filesystems",
    "/proc/diskstats": "disk",
    "/proc/net/dev": "network",
    "/proc/self/statm": "own",
    "/proc/pressure/io": "pressure",
}
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")


@pytest.fixture
def collection():
    return Collection()


def work(seconds):
    """Spend that much CPU time, so that the counters of the kernel move; returns the seconds that passed."""
    start, until = time.monotonic(), time.process_time() + seconds
    while time.process_time() < until:
        os.urandom(4096)
    return time.monotonic() - start


def test_the_first_call_gives_all_names_gauges_and_no_rate(collection):
    values = collection.collect(None)
    assert list(values) == list(NAMES)
    assert all(values[name] is not None for name in GAUGES)
    assert all(values[name] is None for name in RATES)
    assert collection.failing == {}


def test_every_value_is_in_range_and_the_host_that_works_is_busy(collection):
    collection.collect(None)
    values = collection.collect(work(0.3))
    assert collection.failing == {}
    assert values["cpu_percent"] > 0
    assert values["cpu_busiest_core_percent"] >= values["cpu_percent"] - 5
    assert values["self_cpu_percent"] > 1
    assert values["self_rss_bytes"] > 2**20
    for name, value in values.items():
        assert value is None or 0 <= value < math.inf
        if CATALOGUE[name].unit is Unit.PERCENT and name != "self_cpu_percent" and value is not None:
            assert value <= 100


@linux_only
def test_the_parts_of_the_busy_time_add_up_to_it(collection):
    collection.collect(None)
    values = collection.collect(work(0.2))
    parts = ("cpu_user_percent", "cpu_system_percent", "cpu_steal_percent")
    assert sum(values[name] for name in parts) == pytest.approx(values["cpu_percent"])


@linux_only
@pytest.mark.parametrize("path", SOURCES)
def test_each_source_may_break_and_come_back_and_the_others_go_on(collection, monkeypatch, path):
    broken_name = SOURCES[path]
    if broken_name == "pressure" and not Path(path).exists():
        pytest.skip("this kernel has no pressure information")
    collection.collect(None)
    with monkeypatch.context() as broken:
        break_source(broken, path)
        broken.setattr(filesystems, "REFRESH_SECONDS", 0.0)
        values = collection.collect(1.0)
    assert set(collection.failing) == {broken_name}
    others = {
        name
        for collector in collection.collectors
        if collector.name != broken_name
        for name in collector.metrics
    }
    assert all(values[name] is not None for name in GAUGES & others)
    assert all(values[name] is None for name in REGISTRY[broken_name].metrics)

    values = collection.collect(1.0)
    assert collection.failing == {}
    assert all(values[name] is None for name in RATES & set(REGISTRY[broken_name].metrics))


def break_source(monkeypatch, path):
    """Make every read of this one file fail, the open descriptor and a fresh one alike."""
    real = procfile.ProcFile._read_whole

    def read(self):
        if self.path == path:
            raise OSError(5, "Input/output error")
        return real(self)

    monkeypatch.setattr(procfile.ProcFile, "_read_whole", read)


def open_descriptors():
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@linux_only
def test_collecting_leaves_no_descriptors_behind(collection):
    collection.collect(None)
    before = open_descriptors()
    for _ in range(50):
        collection.collect(1.0)
    assert open_descriptors() == before


def test_two_collections_do_not_disturb_each_other():
    first, second = Collection(), Collection()
    first.collect(None)
    second.collect(None)
    assert second.collect(work(0.1))["self_cpu_percent"] is not None
    assert first.collect(work(0.1))["self_cpu_percent"] is not None


LIKE_A_HARDENED_SERVICE = """
set -e
mount --make-rprivate /
for name in full home; do
    truncate -s 8M "$1/$name.img"
    mkfs.ext4 -q -F "$1/$name.img"
    mount -o loop "$1/$name.img" "$1/$name"
done
head -c 8M /dev/zero > "$1/full/data" || true
mount -o remount,ro,bind "$1/full"
mount -t tmpfs none "$1/home"
exec "$2" -c "
import json
from monitor.collectors.filesystems import source
found = source()()
print(json.dumps([[one.path for one in found.spaces], {one.path: one.reason for one in found.unasked}]))
"
"""


def seen_like_a_hardened_service(folder):
    """What it sees of a full disk that is read-only for itself and of one behind a tmpfs; None where nobody may mount."""
    ran = subprocess.run(
        ["unshare", "--mount", "sh", "-c", LIKE_A_HARDENED_SERVICE, "sh", folder, sys.executable],
        capture_output=True,
        text=True,
        cwd=BASE_DIR,
        env=os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
        check=False,
    )
    if "monitor" in ran.stderr:
        raise AssertionError(ran.stderr)
    return json.loads(ran.stdout) if ran.returncode == 0 else None


def seen_in_a_table_like_its(folder):
    """The same from a table of mounts that is made up, for a machine that lets nobody mount."""
    place = os.open(folder, os.O_PATH)
    number = filesystems._number(place)
    os.close(place)
    table = folder / "mountinfo"
    table.write_text(
        f"{number} 1 7:1 / {folder}/full ro,relatime - ext4 /dev/loop1 rw\n"
        f"900001 1 7:2 / {folder}/home rw,relatime - ext4 /dev/loop2 rw\n"
        f"900002 900001 0:99 / {folder}/home rw,relatime - tmpfs none rw\n"
    )
    found = filesystems.look(procfile.ProcFile(str(table)), procfile.ProcFile(str(folder / "none")))
    return [[one.path for one in found.spaces], {one.path: one.reason for one in found.unasked}]


@linux_only
@pytest.mark.parametrize("seen", [seen_like_a_hardened_service, seen_in_a_table_like_its])
def test_a_service_measures_a_disk_that_is_read_only_for_itself_and_tells_of_one_that_is_hidden(
    tmp_path, seen
):
    for name in ("full", "home"):
        (tmp_path / name).mkdir()
    measured, unasked = seen(tmp_path) or seen_in_a_table_like_its(tmp_path)
    assert str(tmp_path / "full") in measured
    assert unasked[str(tmp_path / "home")] == mounts.HIDDEN


ODD = {
    "empty": "",
    "blank": "\n\n",
    "binary": "\x00\x7f\ufffd" * 400,
    "words": "the quick brown fox\n" * 20,
    "negative": "cpu -1 -2 -3 -4 -5\nMemTotal: -5 kB\nsome avg10=0 total=-1\n-1 -1 -1 1/2 3\n",
    "an error page": "<html><body>502 Bad Gateway</body></html>",
}


@linux_only
@pytest.mark.parametrize("text", ODD.values(), ids=list(ODD))
@pytest.mark.parametrize("path", SOURCES)
def test_a_source_that_holds_something_else_is_told_by_its_name(collection, monkeypatch, caplog, path, text):
    real = procfile.ProcFile._read_whole
    monkeypatch.setattr(
        procfile.ProcFile, "_read_whole", lambda self: text if self.path == path else real(self)
    )
    monkeypatch.setattr(filesystems, "REFRESH_SECONDS", 0.0)
    values = collection.collect(None)
    values = collection.collect(1.0)
    name = SOURCES[path]
    assert all(value is None or 0 <= value < math.inf for value in values.values())
    if path == "/proc/diskstats" and not text.strip():
        assert all(values[metric] is None for metric in REGISTRY[name].metrics)
        return
    assert path in collection.failing[name]
    assert "Traceback" not in caplog.text


@linux_only
def test_a_disk_table_that_becomes_empty_is_told_after_a_while(monkeypatch, caplog):
    now = [0.0]
    collection = Collection(clock=lambda: now[0])
    real = procfile.ProcFile._read_whole
    text = "   8       0 sda 10 0 20 0 30 0 40 0 0 0 0\n"
    monkeypatch.setattr(
        procfile.ProcFile,
        "_read_whole",
        lambda self: (text if now[0] < 5 else "") if self.path == "/proc/diskstats" else real(self),
    )
    told = []
    for second in range(40):
        now[0] = float(second)
        collection.collect(1.0 if second else None)
        told.append("disk" in collection.failing)
    assert told.index(True) in range(19, 23)
    assert all(told[23:])
    assert collection.failing["disk"].startswith("The disk collector gives no numbers any more for ")
    assert caplog.text.count("The disk collector gives no numbers any more") == 1
