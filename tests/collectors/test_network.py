"""/proc/net/dev: loopback and virtual interfaces are not counted twice; interfaces come and go."""

from monitor.collectors.domain.counters import Traffic
from monitor.collectors.domain.interfaces import likely_interfaces
from monitor.collectors.network import NetworkCollector, parse_net_dev
from monitor.metrics.members import Members

NET_DEV = """\
Inter-|   Receive                                     |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls
    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0
  eth0:268986182    6635    0    0    0     0          0         0   298385    3144    0    0    0     0
eth0:1:       7       0    0    0    0     0          0         0        8       0    0    0    0     0
"""


def test_bytes_are_read_even_where_the_number_touches_the_colon():
    traffic = parse_net_dev(NET_DEV)
    assert (traffic.received["eth0"], traffic.sent["eth0"]) == (268986182, 298385)


def test_the_name_of_an_alias_keeps_its_colon():
    assert parse_net_dev(NET_DEV).received["eth0:1"] == 7


def test_the_two_heading_lines_are_no_interfaces():
    assert set(parse_net_dev(NET_DEV).received) == {"lo", "eth0", "eth0:1"}


def collect_all(*readings):
    source = iter(readings)
    collector = NetworkCollector(lambda: Traffic(now := next(source), now), choose=likely_interfaces)
    return [
        collector.collect(None if n == 0 else 1.0)["network_received_bytes_per_second"]
        for n in range(len(readings))
    ]


def test_loopback_and_containers_are_left_out_of_the_sum():
    before = {"lo": 0, "eth0": 0, "veth1": 0, "docker0": 0, "eth1": 0}
    assert collect_all(before, dict.fromkeys(before, 50)) == [None, 100]


def test_a_container_that_starts_changes_nothing():
    assert collect_all({"eth0": 0}, {"eth0": 7, "veth9": 10**9}) == [None, 7]


def test_an_interface_that_comes_or_goes_makes_one_tick_none():
    assert collect_all({"eth0": 0}, {"eth0": 7, "eth1": 10**9}, {"eth0": 9}, {"eth0": 12}) == [
        None,
        None,
        None,
        3,
    ]


def test_an_interface_that_starts_to_count_anew_makes_one_tick_none():
    assert collect_all({"eth0": 10**9}, {"eth0": 5}, {"eth0": 9}) == [None, None, 4]


def test_a_host_with_loopback_alone_gives_none_and_not_zero():
    assert collect_all({"lo": 0}, {"lo": 9}) == [None, None]


def test_a_counter_that_reads_0_once_and_then_its_old_value_makes_both_ticks_none():
    old = 378 * 10**9
    assert collect_all({"eth0": old}, {"eth0": 0}, {"eth0": old + 9}, {"eth0": old + 12}) == [
        None,
        None,
        None,
        3,
    ]


def test_one_that_tells_0_at_first_and_then_all_that_it_ever_carried_has_no_such_traffic():
    old = 50 * 10**9
    assert collect_all({"eth0": 0}, {"eth0": old}, {"eth0": old + 9}) == [None, None, 9]


def test_one_that_was_gone_and_first_reads_0_and_then_its_old_value_is_no_traffic():
    old = 10**9
    found = collect_all(
        {"eth0": old, "eth1": 0},
        {"eth1": 1},
        {"eth0": 0, "eth1": 2},
        {"eth0": old, "eth1": 3},
        {"eth0": old, "eth1": 4},
    )
    assert found == [None, None, None, None, 1]


def test_more_than_any_link_carries_is_none():
    assert collect_all({"eth0": 0}, {"eth0": 378 * 10**9}) == [None, None]


def test_which_interfaces_are_counted_is_looked_up_again_twice_a_minute():
    now, chosen = [0.0], [["eth0", "vf0"], ["eth0"]]
    collector = NetworkCollector(
        lambda: Traffic({"eth0": now[0], "vf0": now[0]}, {"eth0": now[0], "vf0": now[0]}),
        choose=lambda names: frozenset(chosen[0]),
        clock=lambda: now[0],
    )
    found = []
    for now[0] in (0.0, 1.0, 29.0, 30.0, 31.0):
        found.append(collector.collect(1.0)["network_sent_bytes_per_second"])
        if now[0] == 29.0:
            del chosen[0]  # the fast path was enslaved meanwhile
    assert found == [None, 2, 56, None, 1]


def test_the_rate_of_each_interface_is_told_beside_their_sum():
    source = iter([{"lo": 0, "eth0": 0, "eth1": 0}, {"lo": 9, "eth0": 5, "eth1": 7}, {"lo": 9, "eth0": 9}])
    collector = NetworkCollector(lambda: Traffic(now := next(source), now), choose=likely_interfaces)
    collector.collect(None)
    assert collector.members == {}
    collector.collect(1.0)
    assert collector.members["network_sent_bytes_per_second"] == Members({"eth0": 5, "eth1": 7}, adds_up=True)
    collector.collect(1.0)
    assert collector.members == {}, "nobody knows what an interface did in the second in which it left"


def test_without_any_interface_left_there_is_none_and_that_is_told():
    source = iter([{"lo": 0, "eth0": 0}, {"lo": 9}, {"lo": 9}])
    collector = NetworkCollector(lambda: Traffic(now := next(source), now), choose=likely_interfaces)
    for elapsed in (None, 1.0, 1.0):
        collector.collect(elapsed)
    assert collector.members["network_received_bytes_per_second"].values == {}
