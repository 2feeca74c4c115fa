"""Lines of lists: who, how much, where, whether they are gone, and their pids."""

from __future__ import annotations

import pytest

from monitor.diagnosis.culprits import Culprit, How
from monitor.diagnosis.words import row


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (Culprit("ffmpeg", 4, 360.2, 2.5e8, "video.service", pids=(4711, 4712, 4713, 4714)),
         "4 x ffmpeg: 360 % of a core, 238.42 MiB, in video.service, pids 4711, 4712 and 2 more"),
        (Culprit("ffmpeg", 2, 180.0, pids=(1, 2)), "2 x ffmpeg: 180 % of a core, pids 1 and 2"),
        (Culprit("python3 invoice_export.py", 1, 99.0, pids=(7,), is_gone=True),
         "python3 invoice_export.py: 99 % of a core, gone now, pid 7"),
        (Culprit("bash", 1, 170.0, how=How.STARTED, pids=(4711,)),
         "processes started by bash, gone again: 170 % of a core, pid 4711"),
        (Culprit("stress-ng", 3, 300.0, how=How.JOB), "stress-ng, 3 workers: 300 % of a core"),
        (Culprit("tmpfs and shared memory", 0, None, 28 * 2**30), "tmpfs and shared memory: 28 GiB"),
        (Culprit("idle"), "idle"),
    ],
)  # fmt: skip
def test_a_line_of_a_list_tells_pids_and_who_has_gone(one, told):
    assert row(one) == told
