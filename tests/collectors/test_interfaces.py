"""Trees of /sys/class/net of every kind of host: each byte is counted once, where it enters or leaves the host."""

import pytest

from monitor.collectors.domain.interfaces import likely_interfaces
from monitor.collectors.interfaces import LinkSpeeds, link_bytes_per_second, physical_interfaces

MEGABIT = 125_000


class Sysfs:
    """A tree of interfaces, made in the order in which the kernel would number them."""

    def __init__(self, home):
        self.home = home / "net"
        self.home.mkdir()
        self.names = ["lo"]
        self.add("lo", kind=772)

    def add(
        self,
        name,
        *,
        device=False,
        lowers=(),
        master=None,
        kind=1,
        devtype="",
        radio=None,
        link=None,
        **texts,
    ):
        home = self.home / name
        home.mkdir()
        index = len(list(self.home.iterdir()))
        self.names = list(dict.fromkeys([*self.names, name]))
        if device:
            (home / "device").mkdir()
        for lower in lowers:
            (home / f"lower_{lower}").symlink_to(f"../{lower}")
        if master:
            (home / "master").symlink_to(f"../{master}")
        if radio:
            (home / "phy80211").symlink_to(f"../../ieee80211/{radio}")
        linked = self.home / str(link) / "ifindex"
        iflink = linked.read_text() if linked.exists() else str(link or index)
        uevent = f"DEVTYPE={devtype}\n" if devtype else ""
        texts = {
            "uevent": f"{uevent}INTERFACE={name}\n",
            "ifindex": f"{index}",
            "iflink": iflink,
            "type": f"{kind}",
            **texts,
        }
        for file, text in texts.items():
            (home / file).write_text(f"{text}\n")
        return home

    def counted(self):
        return set(physical_interfaces(self.names, str(self.home), "/nowhere"))


@pytest.fixture
def net(tmp_path):
    return Sysfs(tmp_path)


def test_sysfs_tells_which_interfaces_are_physical(net):
    net.add("eth0", device=True)
    net.add("docker0", devtype="bridge")
    net.add(
        "veth12ab", master="docker0", link=2
    )  # its other end has the number of eth0, in another namespace
    assert net.counted() == {"eth0"}


def test_what_a_bond_carries_is_counted_at_its_physical_ports_and_no_vlan_on_it_again(net):
    net.add("eth0", device=True, master="bond0")
    net.add("eth1", device=True, master="bond0")
    net.add("bond0", lowers=["eth0", "eth1"], devtype="bond")
    net.add("bond0.100", lowers=["bond0"], devtype="vlan", link="bond0")
    net.add("office", lowers=["bond0"], devtype="vlan", link="bond0")
    net.add("br-lan", lowers=["bond0.100"], devtype="bridge")
    assert net.counted() == {"eth0", "eth1"}


def test_a_team_is_counted_at_its_ports(net):
    net.add("p1", device=True, master="uplink")
    net.add("p2", device=True, master="uplink")
    net.add("uplink", lowers=["p1", "p2"])
    assert net.counted() == {"p1", "p2"}


@pytest.mark.parametrize("knows_lowers", [True, False], ids=["kernel with links", "older kernel"])
def test_a_switch_is_counted_at_its_conduit_and_not_again_at_its_ports(net, knows_lowers):
    conduit = net.add("eth0", device=True)
    (conduit / "dsa").mkdir()
    (conduit / "dsa" / "tagging").write_text("mtk\n")
    for port in ("lan1", "lan2", "wan"):
        net.add(port, device=True, lowers=["eth0"] if knows_lowers else [], link="eth0", devtype="dsa",
                phys_switch_id="00000000", phys_port_name=port)  # fmt: skip
    net.add("br-lan", lowers=["lan1", "lan2"], devtype="bridge")
    assert net.counted() == {"eth0"}


def test_a_switch_with_two_conduits_in_a_bond_is_counted_at_both(net):
    net.add("eth0", device=True, master="bond0")
    net.add("eth1", device=True, master="bond0")
    net.add("bond0", lowers=["eth0", "eth1"], devtype="bond")
    net.add("lan1", device=True, lowers=["bond0"], link="bond0", devtype="dsa", phys_switch_id="00")
    assert net.counted() == {"eth0", "eth1"}


def test_a_port_of_a_switch_whose_conduit_is_not_marked_is_told_by_its_type(net):
    net.add("eth0", device=True)
    for port in ("lan1", "lan2"):
        net.add(port, device=True, link="eth0", devtype="dsa")
    assert net.counted() == {"eth0"}


def test_ports_of_a_switch_whose_conduit_is_not_in_sight_are_counted(net):
    for port in ("lan1", "lan2"):
        net.add(port, device=True, link=77, devtype="dsa")
    assert net.counted() == {"lan1", "lan2"}


def test_a_switch_in_hardware_without_a_conduit_is_counted_at_its_ports(net):
    for port in ("swp1", "swp2"):
        net.add(port, device=True, phys_switch_id="e41d2d", phys_port_name=port.replace("sw", ""))
    net.add("eth0", device=True)
    assert net.counted() == {"swp1", "swp2", "eth0"}


def test_what_stands_for_a_virtual_function_is_not_counted_beside_the_port_of_its_card(net):
    net.add("enp1s0f0np0", device=True, phys_switch_id="b8599f", phys_port_name="p0")
    for name, port in (("enp1s0f0r0", "pf0vf0"), ("eth5", "c1pf0vf1"), ("eth6", "pf0sf88")):
        net.add(name, device=True, phys_switch_id="b8599f", phys_port_name=port)
    assert net.counted() == {"enp1s0f0np0"}


def test_the_fast_path_below_a_physical_interface_is_not_counted_again(net):
    net.add("eth0", device=True, lowers=["enP1s1"])
    net.add("enP1s1", device=True, master="eth0")
    assert net.counted() == {"eth0"}


def test_a_fail_over_pair_is_counted_at_the_interface_that_adds_it_up(net):
    net.add("ens3", device=True, lowers=["ens3nsby", "ens4"])
    net.add("ens3nsby", device=True, master="ens3")
    net.add("ens4", device=True, master="ens3")
    assert net.counted() == {"ens3"}


@pytest.mark.parametrize("kind", [801, 802, 803])
def test_the_monitor_interface_of_a_radio_is_not_counted_beside_its_own(net, kind):
    net.add("wlan0", device=True, radio="phy0", devtype="wlan")
    net.add("capture", device=True, radio="phy0", devtype="wlan", kind=kind)
    assert net.counted() == {"wlan0"}


def test_a_radio_that_only_listens_is_counted_once(net):
    net.add("mon0", device=True, radio="phy0", kind=803)
    net.add("mon1", device=True, radio="phy0", kind=803)
    net.add("wlan1", device=True, radio="phy1")
    assert net.counted() == {"mon0", "wlan1"}


def test_two_networks_of_one_radio_are_both_counted(net):
    net.add("wlan0", device=True, radio="phy0")
    net.add("wlan0-1", device=True, radio="phy0")
    assert net.counted() == {"wlan0", "wlan0-1"}


def test_modems_and_tethered_phones_are_physical(net):
    net.add("wwan0", device=True, devtype="wwan", kind=65534)
    net.add("rmnet_data0", lowers=["wwan0"], kind=519)
    net.add("usb0", device=True)
    assert net.counted() == {"wwan0", "usb0"}


def test_a_child_of_infiniband_is_counted_beside_it_for_it_has_counters_of_its_own(net):
    net.add("ib0", device=True, kind=32)
    net.add("ib0.8001", device=True, kind=32, link="ib0")
    assert net.counted() == {"ib0", "ib0.8001"}


def test_tunnels_and_what_rides_on_a_physical_interface_are_not_counted(net):
    net.add("eth0", device=True)
    net.add("macvlan0", lowers=["eth0"], devtype="macvlan", link="eth0")
    net.add("ipvl0", lowers=["eth0"], devtype="ipvlan", link="eth0")
    net.add("macsec0", lowers=["eth0"], link="eth0")
    net.add("wg0", kind=65534, devtype="wireguard")
    net.add("tun0", kind=65534, tun_flags="0x1001")
    net.add("ppp0", kind=512, devtype="ppp")
    assert net.counted() == {"eth0"}


def test_the_end_of_a_guest_s_interface_that_has_a_device_is_not_counted_again(net, tmp_path):
    net.add("eth0", device=True, master="xenbr0")
    home = net.add("vif1.0", device=True, master="xenbr0")
    (home / "device" / "subsystem").symlink_to("../../../bus/xen-backend")
    net.add("xenbr0", lowers=["eth0", "vif1.0"], devtype="bridge")
    assert net.counted() == {"eth0"}


def test_a_container_counts_its_own_interface_though_its_link_has_the_number_of_another_one(net):
    net.add("eth0", link=4)
    net.add("eth1", link=2)
    assert net.counted() == {"eth0", "eth1"}


@pytest.mark.parametrize("devtype", ["vlan", "macvlan", "ipvlan"])
def test_a_container_whose_interface_rides_on_one_of_the_host_counts_it_whatever_its_name(net, devtype):
    net.add("vlan0.5", devtype=devtype, link=2)
    net.add("eth0", link=9)
    assert net.counted() == {"vlan0.5", "eth0"}


def test_a_renamed_vlan_in_a_container_is_not_counted_beside_what_carries_it(net):
    net.add("eth0", link=7)
    net.add("office", lowers=["eth0"], devtype="vlan", link="eth0")
    net.add("inner", lowers=["office"], devtype="macvlan", link="office")
    assert net.counted() == {"eth0"}


def test_containers_in_a_container_are_not_counted_beside_it(net):
    net.add("eth0", link=7)
    net.add("docker0", devtype="bridge", lowers=["veth77"])
    net.add("veth77", master="docker0", link=3)
    net.add("br-empty", devtype="bridge")
    assert net.counted() == {"eth0"}


def test_a_container_that_has_a_tunnel_alone_counts_it_and_beside_another_interface_does_not(net):
    net.add("vpn", kind=65534, tun_flags="0x1001")
    assert net.counted() == {"vpn"}
    net.add("eth0", link=9)
    assert net.counted() == {"eth0"}


def test_a_host_with_loopback_alone_has_none(net):
    assert net.counted() == set()


def test_without_sysfs_the_names_decide_and_the_kernel_s_lists_of_vlans_and_bonds(tmp_path):
    for directory, name in (("vlan", "office"), ("vlan", "config"), ("bonding", "uplink")):
        (tmp_path / directory).mkdir(exist_ok=True)
        (tmp_path / directory / name).touch()
    names = ["lo", "eth0", "veth1", "office", "uplink"]
    assert physical_interfaces(names, str(tmp_path / "none"), str(tmp_path)) == {"eth0"}
    assert physical_interfaces(["lo", "office"], str(tmp_path / "none"), str(tmp_path)) == {"office"}
    assert physical_interfaces(["lo", "eth0"], str(tmp_path / "none"), str(tmp_path / "none")) == {"eth0"}


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


def driven_by(home, driver):
    (home / "device" / "driver").symlink_to(f"../../../bus/pci/drivers/{driver}")


def test_a_link_is_as_fast_as_it_tells(net):
    driven_by(net.add("eth0", device=True, speed="1000"), "igb")
    assert link_bytes_per_second("eth0", str(net.home)) == 1000 * MEGABIT


@pytest.mark.parametrize("speed", ["-1", "", "4294967295", "unknown"])
def test_a_link_that_is_down_or_tells_no_speed_has_none(net, speed):
    driven_by(net.add("eth0", device=True, speed=speed), "igb")
    assert link_bytes_per_second("eth0", str(net.home)) is None


@pytest.mark.parametrize("driver", ["virtio_net", "vmxnet3", "hv_netvsc", "ena"])
def test_the_figure_that_the_interface_of_a_virtual_machine_tells_is_no_bound(net, driver):
    driven_by(net.add("eth0", device=True, speed="10000"), driver)
    assert link_bytes_per_second("eth0", str(net.home)) is None


def test_the_figure_of_an_interface_without_a_device_such_as_a_tunnel_is_no_bound(net):
    net.add("tun0", speed="10")
    assert link_bytes_per_second("tun0", str(net.home)) is None


def test_more_than_the_link_carries_is_not_possible_but_counters_may_come_late(net):
    driven_by(net.add("eth0", device=True, speed="1000"), "igb")
    speeds = LinkSpeeds(str(net.home))
    assert speeds.is_possible("eth0", 1000 * MEGABIT, 10.0)
    assert speeds.is_possible("eth0", 3 * 1000 * MEGABIT, 1.0)  # three seconds' bytes at once
    assert not speeds.is_possible("eth0", 5 * 1000 * MEGABIT, 1.0)
    assert not speeds.is_possible("eth0", 2 * 1000 * MEGABIT, 60.0)


def test_a_link_that_became_faster_is_asked_again(net):
    home = net.add("eth0", device=True, speed="10")
    driven_by(home, "igb")
    speeds = LinkSpeeds(str(net.home))
    assert not speeds.is_possible("eth0", 500 * MEGABIT, 1.0)
    (home / "speed").write_text("1000\n")
    assert speeds.is_possible("eth0", 500 * MEGABIT, 1.0)


def test_a_link_that_became_slower_is_asked_again_once_what_is_known_is_forgotten(net):
    home = net.add("eth0", device=True, speed="1000")
    driven_by(home, "igb")
    speeds = LinkSpeeds(str(net.home))
    assert speeds.is_possible("eth0", 500 * MEGABIT, 1.0)
    (home / "speed").write_text("10\n")
    speeds.forget()
    assert not speeds.is_possible("eth0", 500 * MEGABIT, 1.0)


def test_without_a_known_speed_a_terabit_a_second_is_the_bound(net):
    speeds = LinkSpeeds(str(net.home))
    assert speeds.is_possible("none", 1e11, 1.0)
    assert not speeds.is_possible("none", 378e9, 1.0)
