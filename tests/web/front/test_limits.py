"""The decisions of the front door, with plain numbers."""

import pytest

from monitor.web.front.limits import (
    LOCAL,
    Late,
    Limits,
    Stage,
    Waiting,
    address_key,
    is_too_many,
    late,
    most_connections,
    yielding,
)

LIMITS = Limits()


@pytest.mark.parametrize(
    ("host", "key"),
    [(None, LOCAL), ("127.0.0.1", LOCAL), ("127.9.9.9", LOCAL), ("::1", LOCAL), ("::ffff:127.0.0.1", LOCAL),
     ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
     ("fe80::1%eth0", "fe80::/64"), ("a name", "a name")],
)  # fmt: skip
def test_connections_are_counted_by_whom_an_address_belongs_to(host, key) -> None:
    assert address_key(host) == key


def test_an_address_has_its_share_once_half_is_taken_and_this_machine_has_none() -> None:
    most = LIMITS.for_an_address
    assert not is_too_many(LIMITS, "192.0.2.7", most - 1, free=0.4)
    assert not is_too_many(LIMITS, "192.0.2.7", most, free=0.6)
    assert is_too_many(LIMITS, "192.0.2.7", most, free=0.4)
    assert not is_too_many(LIMITS, LOCAL, 2000, free=0.1)


@pytest.mark.parametrize(("files", "most"), [(1024, 824), (4096, 3000), (1 << 20, 3000), (64, 16)])
def test_connections_leave_files_for_the_database(files, most) -> None:
    assert most_connections(LIMITS, files) == most


@pytest.mark.parametrize(
    ("stage", "age", "unsent", "stalled", "why"),
    [
        (Stage.HEADER, 15, 0, 0, None),
        (Stage.HEADER, 15.1, 0, 0, Late.HEADER),
        (Stage.BODY, 30, 0, 0, None),
        (Stage.BODY, 30.1, 0, 0, Late.BODY),
        (Stage.IDLE, 60, 0, 0, None),
        (Stage.IDLE, 60.1, 0, 0, Late.IDLE),
        (Stage.WORK, 3600, 0, 0, None),
        (Stage.WORK, 3600, 1, 30, None),
        (Stage.WORK, 3600, 1, 30.1, Late.STALLED),
        (Stage.SOCKET, 1e6, 0, 0, None),
        (Stage.SOCKET, 1e6, 1_000_000, 1, None),
        (Stage.SOCKET, 1e6, 1_000_001, 1, Late.HOARDED),
        (Stage.SOCKET, 1e6, 1, 31, Late.STALLED),
        (Stage.LEAVING, 3.1, 0, 0, Late.LINGERED),
        (Stage.LEAVING, 3.1, 10, 0, None),
        (Stage.LEAVING, 31, 10, 31, Late.STALLED),
    ],
)
def test_who_is_late_is_told_by_stage_and_age(stage, age, unsent, stalled, why) -> None:
    assert late(LIMITS, stage, age, unsent, stalled) is why


MB = 1_000_000


@pytest.mark.parametrize(
    ("answers", "size", "gone"),
    [
        ([], 90 * MB, ()),  # alone it may be as large as it is
        ([(4, 0)] * 3, 4 * MB, ()),
        ([(4, 0)] * 4, 4 * MB, None),  # all are being read: the new one must wait
        ([(4, 0)] * 3 + [(4, 6)], 4 * MB, (3,)),  # one is not read
        ([(4, 0)] * 3 + [(4, 6), (3, 9)], 4 * MB, (3, 4)),
        ([(4, 0)] * 4, 0.2 * MB, (0,)),  # a page goes before what is many times larger
        ([(0.1, 0)] * 64, 0.1 * MB, None),
        ([(0.1, 6)] + [(0.1, 0)] * 63, 0.1 * MB, (0,)),
        ([(0.1, 0, 61)] + [(0.1, 0)] * 63, 0.1 * MB, (0,)),  # one that is read byte by byte
    ],
)
def test_a_large_answer_takes_the_place_of_those_that_are_not_read(answers, size, gone) -> None:
    waiting = [Waiting(int(megabytes * MB), *seconds) for megabytes, *seconds in answers]
    assert yielding(LIMITS, waiting, int(size)) == gone
