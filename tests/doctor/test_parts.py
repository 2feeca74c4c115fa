"""Parts that keep ending are told with their last lines; of the others nothing is said."""

from __future__ import annotations

from monitor.doctor import parts
from monitor.doctor.finding import Level
from monitor.runtime.endings import Board, Ending


def test_a_part_that_keeps_ending_is_a_failure_with_its_last_lines(settings, tmp_path):
    settings.LOADMON_DATA_DIR = tmp_path
    assert parts.parts_live() == []
    board = Board(tmp_path, print)
    board.show([Ending("the sampler", "with status 1", 6, 0.0, 31.0, None, ("one", "no disk"))])
    (found,) = parts.parts_live()
    assert found.level is Level.FAILURE
    assert found.text == (
        "The sampler keeps ending: 6 times in 31 s, the last time with status 1. It runs again. "
        "It last said: one | no disk"
    )
    board.show([Ending("the sampler", "by SIGKILL", 2, 0.0, 1.0, None)])
    assert parts.parts_live()[0].text.endswith("It said nothing.")
    board._lock.close()
