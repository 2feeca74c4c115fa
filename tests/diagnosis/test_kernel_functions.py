"""Kernel functions, by what is waited for in them."""

import pytest

from monitor.diagnosis.evidence import Row
from monitor.diagnosis.kernel_functions import Wait, most_wait_for, tasks, wait_in


@pytest.mark.parametrize(
    ("function", "wait"),
    [
        ("nfs_wait_bit_killable", Wait.NETWORK), ("rpc_wait_bit_killable", Wait.NETWORK), ("smb2_reconnect", Wait.NETWORK),
        ("jbd2_log_wait_commit", Wait.DISK), ("xlog_wait", Wait.DISK), ("dm_wait_event", Wait.DISK),
        ("io_schedule", Wait.IO), ("folio_wait_bit_common", Wait.IO), ("kernel_clone", Wait.NO_IO),
        ("wait_for_vfork_done", Wait.NO_IO), ("msleep", Wait.OTHER), ("", Wait.UNTOLD),
    ],
)  # fmt: skip
def test_a_function_tells_what_is_waited_for(function, wait):
    assert wait_in(function) is wait


def test_less_than_half_of_the_tasks_decide_nothing():
    rows = [
        Row("a", waits_in="nfs_wait", threads=2),
        Row("b", waits_in="io_schedule", threads=2),
        Row("c", threads=1),
    ]
    assert most_wait_for(rows) is Wait.UNTOLD
    assert most_wait_for(rows[:2]) is Wait.NETWORK
    assert most_wait_for([]) is Wait.UNTOLD


@pytest.mark.parametrize("threads", [None, 0, -3, 1])
def test_who_waits_has_at_least_one_task(threads):
    assert tasks(Row("a", threads=threads)) == 1
