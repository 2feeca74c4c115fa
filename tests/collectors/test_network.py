"""/proc/net/dev: loopback and virtual interfaces are not counted twice; interfaces come and go."""

import pytest

from monitor.collectors.domain.counters import Traffic
from monitor.collectors.network import NetworkCollector, likely_interfaces, parse_net_dev, physical_interfaces
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


@pytest.mark.parametrize(
    ("names", "likely"),
    [
        (["lo", "eth0", "veth12ab", "docker0", "br-1a2b", "virbr0", "tun0", "eth0.100"], {"eth0"}),
        (["lo", "wlp3s0", "enp5s0", "wg0", "bond0"], {"wlp3s0", "enp5s0"}),
        (["lo0", "en0", "en1", "utun3", "awdl0", "llw0", "bridge0", "gif0", "ap1"], {"en0", "en1"}),
        (["lo", "tun0"], {"tun0"}),
        (["lo", "brother0", "vlan0"], {"brother0"}),
        (["lo"], set()),
        ([], set()),
    ],
)
def test_interfaces_with_traffic_of_their_own_are_told_by_name(names, likely):
    assert likely_interfaces(names) == likely


def interface(tmp_path, name, *, device=True, master=None):
    (tmp_path / name).mkdir()
    if device:
        (tmp_path / name / "device").mkdir()
    if master:
        (tmp_path / name / "master").symlink_to(f"../{master}")
    return name


def test_sysfs_tells_which_interfaces_are_physical(tmp_path):
    names = ["lo", interface(tmp_path, "eth0"), interface(tmp_path, "docker0", device=False)]
    assert physical_interfaces(names, str(tmp_path)) == {"eth0"}


def test_what_a_bridge_or_bond_carries_is_counted_at_its_physical_ports(tmp_path):
    names = [
        interface(tmp_path, "bond0", device=False),
        interface(tmp_path, "eth0", master="bond0"),
        interface(tmp_path, "eth1", master="bond0"),
    ]
    assert physical_interfaces(names, str(tmp_path)) == {"eth0", "eth1"}


def test_the_fast_path_below_a_physical_interface_is_not_counted_again(tmp_path):
    names = [interface(tmp_path, "eth0"), interface(tmp_path, "enP1s1", master="eth0")]
    assert physical_interfaces(names, str(tmp_path)) == {"eth0"}


def test_a_container_without_physical_interfaces_counts_its_own(tmp_path):
    names = ["lo", interface(tmp_path, "eth0", device=False)]
    assert physical_interfaces(names, str(tmp_path)) == {"eth0"}


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
