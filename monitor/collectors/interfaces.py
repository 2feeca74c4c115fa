"""Interfaces of the network as sysfs tells of them: which of them are counted, and how fast each can be."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from monitor.collectors import procfile
from monitor.collectors.domain.interfaces import Link, likely_interfaces, lowest, physical

SYSFS = "/sys/class/net"
PROC_NET = "/proc/net"
GUEST_BUSES = frozenset({"xen-backend"})
PARAVIRTUAL = frozenset({"virtio_net", "vmxnet3", "hv_netvsc", "vif", "xen_netfront", "ena", "gve"})
"""Drivers of the interfaces of virtual machines: the speed that they tell is a figure, and does not bound them."""

BYTES_OF_MEGABIT = 125_000
HIGHEST_BYTES_PER_SECOND = 1.25e11
"""1 Tbit/s: no port of a machine is as fast."""

SPEED_SLACK = 1.5
LATE_SECONDS = 2.0
"""Some drivers bring their counters up to date every two seconds only: more than one second's bytes come at once."""


def physical_interfaces(
    names: Collection[str], sysfs: str = SYSFS, proc_net: str = PROC_NET
) -> frozenset[str]:
    """The interfaces among `names` that are counted; told by names only where sysfs tells nothing."""
    if not any(Path(f"{sysfs}/{name}").exists() for name in names):
        return likely_interfaces(frozenset(names) - _bundles(proc_net)) or likely_interfaces(names)
    devices = [name for name in names if Path(f"{sysfs}/{name}/device").exists()]
    # Of the others, which can be hundreds, hardly anything has to be known where there is a device.
    return physical({name: read_link(name, names, sysfs) for name in devices}) or lowest(
        {name: read_link(name, names, sysfs) for name in names}
    )


def read_link(name: str, names: Collection[str], sysfs: str = SYSFS) -> Link:
    """What sysfs tells of one interface; lowers: those among `names`."""
    home = f"{sysfs}/{name}"
    index = _number(f"{home}/ifindex")
    return Link(
        has_device=Path(f"{home}/device").exists(),
        is_guests=_target(f"{home}/device/subsystem") in GUEST_BUSES,
        master=_target(f"{home}/master"),
        lowers=_lowers(home) & frozenset(names),
        kind=_number(f"{home}/type") or 1,
        type=_devtype(procfile.text(f"{home}/uevent")),
        is_tunnel=Path(f"{home}/tun_flags").exists(),
        radio=_target(f"{home}/phy80211"),
        port=procfile.text(f"{home}/phys_port_name").strip(),
        switch=procfile.text(f"{home}/phys_switch_id").strip(),
        is_conduit=Path(f"{home}/dsa").is_dir(),
        index=index,
        link=_number(f"{home}/iflink") or index,
    )


class LinkSpeeds:
    """Whether a rate is possible on an interface; its speed is read anew when traffic goes beyond the one that is known."""

    def __init__(self, sysfs: str = SYSFS) -> None:
        self._sysfs = sysfs
        self._known: dict[str, float | None] = {}

    def is_possible(self, name: str, per_second: float, elapsed: float) -> bool:
        """Bytes per second over `elapsed` seconds, one way."""
        if name not in self._known or per_second > _highest(self._known[name], elapsed):
            self._known[name] = link_bytes_per_second(name, self._sysfs)
        return per_second <= _highest(self._known[name], elapsed)

    def forget(self) -> None:
        """Links may have become slower."""
        self._known.clear()


def _highest(speed: float | None, elapsed: float) -> float:
    if speed is None:
        return HIGHEST_BYTES_PER_SECOND
    return SPEED_SLACK * speed * (elapsed + LATE_SECONDS) / elapsed


def link_bytes_per_second(name: str, sysfs: str = SYSFS) -> float | None:
    """The speed of the link, one way; None where it is down, tells none, or tells one that does not bound it."""
    home = f"{sysfs}/{name}"
    if not Path(f"{home}/device").exists() or _target(f"{home}/device/driver") in PARAVIRTUAL:
        return None
    megabits = _number(f"{home}/speed")
    return float(megabits * BYTES_OF_MEGABIT) if 0 < megabits < 0xFFFFFFFF else None


def _bundles(proc_net: str) -> frozenset[str]:
    """VLANs and bonds, which the kernel lists beside sysfs too."""
    found: set[str] = set()
    for directory in ("vlan", "bonding"):
        try:
            found.update(os.listdir(f"{proc_net}/{directory}"))  # noqa: PTH208
        except OSError:
            continue
    return frozenset(found)


def _lowers(home: str) -> frozenset[str]:
    try:
        entries = os.listdir(home)  # noqa: PTH208
    except OSError:
        return frozenset()
    return frozenset(entry.removeprefix("lower_") for entry in entries if entry.startswith("lower_"))


def _devtype(uevent: str) -> str:
    lines = (line.partition("=") for line in uevent.splitlines())
    return next((value for key, _, value in lines if key == "DEVTYPE"), "")


def _target(path: str) -> str | None:
    """The name of what a link leads to; None where there is no such link."""
    try:
        return Path(path).readlink().name
    except OSError:
        return None


def _number(path: str) -> int:
    """0 for what is no number or cannot be read, as the speed of a link that is down."""
    told = procfile.text(path).strip()
    return int(told) if told.isdecimal() else 0
