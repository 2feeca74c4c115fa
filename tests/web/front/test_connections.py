"""Connections are counted, watched and let go, by a clock of the test."""

import pytest

from monitor.web.front.connections import TOO_MANY, TOO_MANY_OF_ONE, Connections, unsent_of
from monitor.web.front.journal import Journal
from monitor.web.front.limits import LOCAL, Late, Limits, Stage


class Transport:
    """What Twisted keeps of what was not sent yet."""

    def __init__(self) -> None:
        self.dataBuffer, self.offset, self._tempDataLen = b"", 0, 0


class Party:
    """Remembers how it was ended."""

    def __init__(self, transport, connections) -> None:
        self.transport, self.connections, self.ends = transport, connections, []

    def cut(self, why) -> None:
        self.ends.append(why)

    def drop(self) -> None:
        self.ends.append("dropped")
        self.connections.close(self.transport)

    def refuse(self, status, sentence, retry_after=None) -> None:
        self.ends.append(status)


class House:
    """Connections with a clock."""

    def __init__(self, most=4, **limits) -> None:
        self.now = 1000.0
        clock = lambda: self.now  # noqa: E731
        self.door = Connections(Limits(**limits), most, Journal(clock), clock)

    def come(self, address=LOCAL, stage=None):
        transport = Transport()
        party = Party(transport, self.door)
        connection = self.door.open(transport, party, address)
        if stage is not None:
            self.door.enter(connection, stage)
        return connection


def test_the_longest_silent_connection_goes_for_a_new_one() -> None:
    house = House(most=2)
    first, second = house.come(), house.come(stage=Stage.WORK)
    assert house.door.refusal(LOCAL) == ""
    assert (first.party.ends, second.party.ends) == (["dropped"], [])


def test_where_nobody_is_silent_the_new_one_is_told_why() -> None:
    house = House(most=2)
    for stage in (Stage.SOCKET, Stage.WORK):
        house.come(stage=stage)
    assert house.door.refusal(LOCAL) == TOO_MANY


def test_one_address_has_its_share_and_leaves_with_its_connections() -> None:
    house = House(most=3, for_an_address=2)
    found = [house.come("192.0.2.7") for _ in range(2)]
    assert house.door.refusal("192.0.2.7") == TOO_MANY_OF_ONE
    assert house.door.refusal("192.0.2.8") == ""
    house.door.close(found[0].transport)
    house.door.close(found[0].transport)
    assert house.door.refusal("192.0.2.7") == ""
    assert len(house.door) == 1


def test_of_many_that_say_nothing_the_oldest_goes_once_it_had_a_moment() -> None:
    house = House(most=99, newcomers=3)
    first = [house.come() for _ in range(3)]
    assert house.door.refusal(LOCAL) == ""
    assert first[0].party.ends == []
    house.now += 5.0
    assert house.door.refusal(LOCAL) == ""
    assert first[0].party.ends == ["dropped"]


def test_a_sweep_cuts_off_who_is_late() -> None:
    house = House()
    slow, working = house.come(), house.come(stage=Stage.WORK)
    house.now += 16.0
    house.door.sweep()
    assert (slow.party.ends, working.party.ends) == ([Late.HEADER], [])


def test_who_reads_a_little_all_the_time_is_not_stalled() -> None:
    house = House()
    reader, stuck = house.come(stage=Stage.WORK), house.come(stage=Stage.WORK)
    stuck.transport._tempDataLen = 5000
    for left in range(60, 0, -1):
        reader.transport._tempDataLen = left
        house.now += 2.0
        house.door.sweep()
    assert reader.party.ends == []
    assert stuck.party.ends[0] is Late.STALLED


def test_what_waits_longer_than_a_sweep_counts_from_when_it_began_to_wait() -> None:
    house = House()
    reader = house.come(stage=Stage.SOCKET)
    house.now += 100.0
    reader.transport._tempDataLen = 5000
    house.door.sweep()
    house.now += 29.0
    house.door.sweep()
    assert reader.party.ends == []


def test_where_too_much_waits_together_those_go_for_whom_most_waits() -> None:
    house = House(all_unsent_bytes=1000)
    found = [house.come(stage=Stage.WORK) for _ in range(3)]
    for connection, size in zip(found, (300, 900, 100), strict=True):
        connection.transport._tempDataLen = size
    house.door.sweep()
    assert [one.party.ends for one in found] == [[], ["dropped"], []]


def test_where_bodies_are_too_much_together_the_largest_is_refused() -> None:
    house = House(bodies_bytes=1000)
    small, large = house.come(stage=Stage.BODY), house.come(stage=Stage.BODY)
    house.door.take_body(large, 900)
    house.door.take_body(small, 101)
    assert (small.party.ends, large.party.ends) == ([], [503])
    house.door.take_body(small, 800)
    assert small.party.ends == []


def test_an_error_of_one_kind_is_one_line_however_many_there_are(caplog) -> None:
    house = House(most=10_000, newcomers=10_000)
    for _ in range(1000):
        house.come()
    house.now += 16.0
    house.door.sweep()
    assert [record.getMessage() for record in caplog.records] == [
        "a connection was closed that sent no whole header in time."
    ]


@pytest.mark.parametrize("transport", [object(), None])
def test_of_an_unknown_transport_nothing_is_known_to_wait(transport) -> None:
    assert unsent_of(transport) == 0


def test_behind_tls_what_waits_is_in_the_socket_below() -> None:
    class Tls:
        transport = Transport()

    Tls.transport._tempDataLen = 7
    assert unsent_of(Tls()) == 7
