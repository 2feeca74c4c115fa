"""The ending of a sampler: what a keeper that was left behind stores after all is stored once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from monitor.ingest.backlog import Backlog, Waiting
from monitor.ingest.spill import Spill
from monitor.sampler.ending import Ending
from tests.stages.ingest import reading


class StoredMeanwhile(Backlog):
    """One whose oldest reading is stored, as the sample 7, just after somebody looked what waits."""

    def __iter__(self) -> Iterator[Waiting]:
        found = super().__iter__()
        self.stored(1, 7)
        return found


def test_what_is_stored_while_it_is_spilled_is_told_from_what_was_stored_before(tmp_path: Path) -> None:
    backlog, path = StoredMeanwhile(3), tmp_path / "waiting"
    backlog.add(Waiting(reading(1), [], {}, []))
    Ending(SimpleNamespace(backlog=backlog), Spill(path)).settle()  # type: ignore[arg-type]
    content = json.loads(path.read_text())
    assert (content["after_id"], len(content["readings"])) == (0, 1)
