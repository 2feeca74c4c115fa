"""Dictionary of the consumers of a host: at most so many names, each with a key by which the rows of usage tell of it.

Names that no row tells of any more are found by `cleaning.py`, which marks them as unused first: whoever needs one meanwhile
takes the mark away. What comes and goes gets half of the room at most: the other half is for who comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.database import turns
from monitor.hosts.models import Host
from monitor.metrics.usage import Consumer, Kind, Used
from monitor.usage.domain.thinning import thinned
from monitor.usage.models import LONGEST_NAME, LONGEST_USER
from monitor.usage.models import Consumer as Name

MOST_NAMES = 2000
"""So many names a host may have; who comes after is told among the others."""

FREELY = MOST_NAMES // 2
"""So many names are entered at once; a later one when it is among the heaviest again after so many minutes."""

PROOF_MINUTES, LONGEST_PROOF_MINUTES = 10, 1440
MOST_ON_TRIAL = 1000


class Dictionary:
    """The names of one host, read once and then remembered; for one thread only.

    Names are entered in the caller's transaction; where that comes to nothing, `forget` must be called.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._known: dict[Consumer, int] = {}
        self._unused: dict[Consumer, int] = {}
        self._is_read = False
        self._on_trial: dict[Consumer, int] = {}  # the minute in which they were among the heaviest first

    def __len__(self) -> int:
        self._read()
        return len(self._known) + len(self._unused)

    def forget(self) -> None:
        """Read the names anew when they are needed next."""
        self._known, self._unused, self._is_read = {}, {}, False

    def keys_of(self, used: Mapping[Consumer, Used], minute: int) -> dict[Consumer, int]:
        """The keys of all that have a name; who has none gets one where it is among the heaviest and there is room.

        minute: since the epoch, in which they were used.
        """
        self._read()
        self._use(used)
        unknown = [one for one in used if _short(one) not in self._known]
        if unknown and len(self) < MOST_NAMES:
            heaviest, _ = thinned(used)
            if proven := self._proven([one for one in unknown if one in heaviest], minute):
                self.enter(proven)
        return self._keys(used)

    def enter(self, consumers: Iterable[Consumer]) -> dict[Consumer, int]:
        """Give names to `consumers`, as far as there is room; the keys of those that have one."""
        wanted = list(consumers)
        self.forget()  # another process may have entered some
        self._read()
        self._use(wanted)
        new = list(dict.fromkeys(short for one in wanted if (short := _short(one)) not in self._known))
        room = new[: max(0, MOST_NAMES - len(self))]
        for piece in turns.pieces(room):
            Name.objects.bulk_create(
                [Name(host=self._host, kind=one.kind, name=one.name, user=one.user) for one in piece]
            )
        if room:
            self.forget()
            self._read()
        return self._keys(wanted)

    def _proven(self, new: list[Consumer], minute: int) -> list[Consumer]:
        """Those of `new` that get a name now: as many as there is room for all, then who has come back."""
        freely = max(0, FREELY - len(self))
        found = new[:freely]
        for one in map(_short, new[freely:]):
            first = self._on_trial.setdefault(one, minute)
            if PROOF_MINUTES <= minute - first <= LONGEST_PROOF_MINUTES:
                found.append(one)
            if not 0 <= minute - first < PROOF_MINUTES:
                del self._on_trial[one]
        while len(self._on_trial) > MOST_ON_TRIAL:
            del self._on_trial[next(iter(self._on_trial))]
        return found

    def _keys(self, wanted: Iterable[Consumer]) -> dict[Consumer, int]:
        return {one: key for one in wanted if (key := self._known.get(_short(one))) is not None}

    def _read(self) -> None:
        if self._is_read:
            return
        rows = Name.objects.filter(host=self._host).values_list("kind", "name", "user", "pk", "is_unused")
        for kind, name, user, key, is_unused in rows:
            names = self._unused if is_unused else self._known
            names[Consumer(Kind(kind), name, user)] = key
        self._is_read = True

    def _use(self, wanted: Iterable[Consumer]) -> None:
        """Take the mark from those of `wanted` that have one."""
        used = {short for one in wanted if (short := _short(one)) in self._unused} if self._unused else set()
        if not used:
            return
        keys = {short: self._unused.pop(short) for short in used}
        self._known |= keys
        if Name.objects.filter(pk__in=list(keys.values())).update(is_unused=False) < len(keys):
            self.forget()  # some have gone meanwhile
            self._read()


def _short(one: Consumer) -> Consumer:
    return Consumer(one.kind, one.name[:LONGEST_NAME], one.user[:LONGEST_USER])
