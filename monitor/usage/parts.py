"""Storing of what the parts of a machine held and moved: into all tiers at once, in the transaction of a sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from monitor.hosts.models import Host
from monitor.metrics.parts import HIGHEST, Kind, Part, PartAccount, PartUsed
from monitor.usage import adding
from monitor.usage.domain.tiers import TIERS, start_of
from monitor.usage.models import LONGEST_NAME, PartUsage
from monitor.usage.models import Part as Name

MOST = 200
"""Parts that are known of one host; of what is new beyond that nothing is kept until others are let go of."""

KEY = ("host_id", "tier", "start", "part_id")
SEEN_MINUTES = 15
Row = tuple[int, int, Part, PartUsed]
"""Tier and start of a bucket, both in minutes, a part, and what it held and moved."""


def add(host: Host, accounts: Iterable[PartAccount]) -> None:
    """Add what parts held and moved; belongs into a transaction."""
    found = list(accounts)
    put(host, [(tier, start_of(one.minute, tier), one.part, one.used) for one in found for tier in TIERS])


def put(host: Host, rows: Sequence[Row]) -> None:
    """Add to buckets of any tiers, each as it is given; belongs into a transaction."""
    newest: dict[Part, int] = {}
    for _, start, part, _ in rows:
        name = _short(part)
        newest[name] = max(start, newest.get(name, start))
    ids = _ids(host, newest)
    known = [(ids.get(_short(part)), tier, start, used) for tier, start, part, used in rows]
    adding.add(
        PartUsage,
        KEY,
        PartUsed._fields,
        HIGHEST,
        [(host.pk, tier, start, pk, *used) for pk, tier, start, used in known if pk is not None],
    )


def keep_fuller(host: Host, rows: Sequence[Row]) -> int:
    """Store rows that are not there, or that were measured for less time; return in how many buckets.

    Belongs into a transaction.
    """
    by_time = sorted(rows, key=lambda row: row[-1].seen_ms)
    fuller = {(tier, start, _short(part)): used for tier, start, part, used in by_time}
    for tier in TIERS:
        mine = {start for length, start, _ in fuller if length == tier}
        there = PartUsage.objects.filter(host=host, tier=tier, start__in=mine)
        for start, part_id, kind, name, seen_ms in list(
            there.values_list("start", "part_id", "part__kind", "part__name", "seen_ms")
        ):
            place = (tier, start, Part(Kind(kind), name))
            if place in fuller and fuller[place].seen_ms <= seen_ms:
                del fuller[place]
            elif place in fuller:
                there.filter(start=start, part_id=part_id).delete()
    put(host, [(*place, used) for place, used in fuller.items()])
    return len({(tier, start) for tier, start, _ in fuller})


def _ids(host: Host, newest: Mapping[Part, int]) -> dict[Part, int]:
    """The key of each part in the dictionary, where those that are new are entered as long as there is room."""
    rows = Name.objects.filter(host=host).values_list("kind", "name", "pk", "seen")
    found = {Part(Kind(kind), name): (pk, seen) for kind, name, pk, seen in rows}
    for one, minute in newest.items():
        is_due = one in found and minute - found[one][1] >= SEEN_MINUTES
        if is_due and not Name.objects.filter(pk=found[one][0]).update(seen=minute):
            del found[one]  # it has just gone: no row told of it
        if one not in found and len(found) < MOST:
            made = Name.objects.create(host=host, kind=one.kind.value, name=one.name, seen=minute)
            found[one] = (made.pk, minute)
    return {one: pk for one, (pk, _) in found.items()}


def _short(one: Part) -> Part:
    return Part(one.kind, one.name[:LONGEST_NAME])
