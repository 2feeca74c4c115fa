"""Kernel functions in which tasks sleep uninterruptibly, by what is waited for there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from monitor.diagnosis.evidence import Row

NETWORK = re.compile(
    r"nfs|rpc_|cifs|smb\d?_|ceph|fuse|request_wait_answer|p9_|v9fs|afs_|gluster|lustre|ptlrpc|netfs|wait_for_response"
)
DISK = re.compile(
    r"jbd2|ext4|xfs|xlog|btrfs|f2fs|blk_|bio_|^dm_|^md_|raid|nvme|scsi|rq_qos|wbt_wait|balance_dirty|wait_on_buffer"
    r"|start_this_handle|do_get_write_access|log_wait_commit"
)
ANY_IO = re.compile(
    r"io_schedule|wait_on_page|wait_on_bit_io|folio_wait|folio_lock|lock_page|writeback|filemap"
)


NO_IO = re.compile(r"kernel_clone|do_fork|vfork")
"""Who started a program waits there until it has begun."""


class Wait(StrEnum):
    """What is waited for."""

    NETWORK = "network"
    DISK = "disk"
    IO = "io"
    NO_IO = "no io"
    OTHER = "other"
    UNTOLD = ""


def most_wait_for(rows: Iterable[Row]) -> Wait:
    """What at least half of the waiting tasks of `rows` wait for; UNTOLD where the kernel does not tell."""
    kinds: Counter[Wait] = Counter()
    for row in rows:
        kinds[wait_in(row.waits_in)] += tasks(row)
    kind, count = max(kinds.items(), key=lambda item: item[1], default=(Wait.UNTOLD, 0))
    return kind if 2 * count >= sum(kinds.values()) else Wait.UNTOLD


def may_be_for_io(row: Row) -> bool:
    """Whether its tasks may wait for I/O."""
    return wait_in(row.waits_in) is not Wait.NO_IO


def is_no_io(row: Row) -> bool:
    """Whether its tasks wait for something else."""
    return not may_be_for_io(row)


def wait_in(function: str) -> Wait:
    """What is waited for in a function of the kernel; "" is one that is not told."""
    if not function:
        return Wait.UNTOLD
    kinds = ((Wait.NETWORK, NETWORK), (Wait.DISK, DISK), (Wait.IO, ANY_IO), (Wait.NO_IO, NO_IO))
    return next((kind for kind, pattern in kinds if pattern.search(function)), Wait.OTHER)


def tasks(row: Row) -> int:
    """How many tasks of a process wait, at least one."""
    return max(1, row.threads or 1)
