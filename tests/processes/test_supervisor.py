"""The supervisor with real processes: parts that keep ending take nobody with them, and none is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.runtime import endings
from tests.stages.processes import alive, descendants
from tests.stages.servers import ROOT, until

pytestmark = pytest.mark.processes

LIVES = "import time; print('here I am', flush=True); time.sleep(1000)"
ENDS = "import sys; print('the disk is gone', file=sys.stderr); sys.exit(1)"
REFUSES_LATER = """
import os, sys
if os.path.exists("{marker}"):
    print("run migrate", file=sys.stderr)
    sys.exit(5)
open("{marker}", "w").close()
sys.exit(1)
"""


class Stage:
    """A supervisor of small programs; the first one stands for the web server."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.process = folder, None

    def start(self, *programs: str) -> None:
        commands = {
            name: [sys.executable, "-c", program]
            for name, program in zip(
                ("the web server", "the sampler", "the notifier"), programs, strict=False
            )
        }
        given = {
            "address": "127.0.0.1",
            "port": 9,
            "greeting": "",
            "commands": commands,
            "data": str(self.folder),
        }
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "monitor.runtime.supervisor"],
                cwd=ROOT, env=os.environ | {"LOADMON_SUPERVISED": json.dumps(given)}, stdout=log, stderr=log,
            )  # fmt: skip

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def running(self) -> dict[str, int]:
        """The id of each part that runs, by its program."""
        return {
            words[-1]: pid for pid, words in descendants(self.process.pid).items() if words[1:2] == ["-c"]
        }

    def keeps_ending(self, times: int) -> endings.Ending:
        """The part that has ended so often, once it has."""
        until(lambda: any(one.times >= times for one in endings.read(self.folder)), "a part that ends", 60)
        return endings.read(self.folder)[0]

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def stage(tmp_path):
    stage = Stage(tmp_path)
    yield stage
    if stage.process is not None and stage.process.poll() is None:
        stage.end()


def test_a_part_that_ends_at_once_each_time_takes_nobody_with_it(stage):
    stage.start(LIVES, ENDS, LIVES + " # too")
    until(lambda: {LIVES, LIVES + " # too"} <= set(stage.running()), "the others", 60)
    before = stage.running()
    ending = stage.keeps_ending(3)
    assert ending.name == "the sampler"
    assert ending.said == ("the disk is gone",)
    after = stage.running()
    assert {program: after[program] for program in (LIVES, LIVES + " # too")} == {
        program: before[program] for program in (LIVES, LIVES + " # too")
    }
    assert stage.log.count("the disk is gone\n") >= 3
    until(
        lambda: "the sampler ended with status 1; starting it again in 4 s" in stage.log,
        "the line in the log",
        60,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_a_pause_leaves_none_behind(stage, number):
    stage.start(ENDS, LIVES)
    stage.keeps_ending(2)
    children = list(descendants(stage.process.pid))
    assert children
    assert stage.end(number) == 0
    assert not any(alive(child) for child in children)
    assert "Stopped." in stage.log
    assert endings.read(stage.folder) == []


def test_a_supervisor_killed_during_a_pause_leaves_none_behind_and_nothing_that_is_believed(stage):
    stage.start(ENDS, LIVES)
    stage.keeps_ending(2)
    children = list(descendants(stage.process.pid))
    stage.end(signal.SIGKILL)
    until(lambda: not any(alive(child) for child in children), "the end of the children", 60)
    assert endings.read(stage.folder) == []


def test_a_refusal_at_the_first_start_ends_all_with_its_sentence(stage):
    stage.start(LIVES, "import sys; print('already running', file=sys.stderr); sys.exit(4)")
    assert stage.process.wait(60) == 1
    assert "already running\n" in stage.log
    assert "the sampler refuses to start, with status 4: stopping" in stage.log


def test_a_refusal_later_is_no_reason_to_stop_the_others(stage):
    marker = stage.folder / "marker"
    stage.start(LIVES, REFUSES_LATER.format(marker=marker))
    ending = stage.keeps_ending(2)
    assert ending.how == "with status 5"
    assert ending.said == ("run migrate",)
    until(lambda: "starting it again in 60 s" in stage.log, "the line in the log", 60)
    assert LIVES in stage.running()
