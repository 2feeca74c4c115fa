"""Spill of the door: readings that could not be stored when a sampler stopped, in a file until the next one stores them."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from monitor.alerts.evidence import Finding
from monitor.alerts.models import EvidenceMoment
from monitor.conf import newfile
from monitor.diagnosis import document
from monitor.ingest import spilled_accounts
from monitor.ingest.backlog import Waiting
from monitor.ingest.plain import NotPlain, plain, typed
from monitor.ingest.spilled_accounts import SpilledAccount, SpilledPart
from monitor.metrics.catalogue import NAMES
from monitor.metrics.gaps import GapSpec
from monitor.metrics.reading import Reading
from monitor.metrics.times import moment
from monitor.metrics.windows import MEAN_METRICS
from monitor.rules.domain.outcome import Outcome

logger = logging.getLogger(__name__)

VERSION = 2
LATER: dict[int, dict[str, object]] = {1: {"account": None, "parts": []}}
"""By earlier versions: what their readings do not have, and stands for it."""
MOST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as it is in the file; `outcome` is the place of its change among those of the reading."""

    rule_id: int
    outcome: int | None
    moment: EvidenceMoment
    at_ms: int
    value: float
    sentence: str
    document: Any


@dataclass(frozen=True, slots=True)
class Record:
    """A waiting reading as it is in the file, with all that belongs into its transaction."""

    at_ms: int
    covered: float
    gap: float
    values: dict[str, float | None]
    outcomes: list[Outcome]
    gaps: list[GapSpec]
    findings: list[Found]
    account: SpilledAccount | None
    parts: list[SpilledPart]


@dataclass(frozen=True, slots=True)
class Content:
    """The whole file; after_id: the newest sample that was stored before these, 0 where there was none."""

    version: int
    after_id: int
    readings: list[Record]


class Spill:
    """The file of one host; it is there only while something waits in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_read = False

    def write(self, items: Iterable[Waiting], after_id: int) -> None:
        """Let `items` wait in the file, in place of what it holds; it survives a power cut. Raises OSError.

        after_id: the newest sample of the host that is stored, by which the next start knows what it has stored of them.
        """
        content = Content(VERSION, after_id, [_record(item) for item in items])
        with newfile.draft(self.path) as draft:
            with open(draft, "w", encoding="utf-8") as file:
                json.dump(plain(content), file, allow_nan=False, separators=(",", ":"))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        self._settle()

    def read(self) -> list[Waiting]:
        """What waits in the file, oldest first; a file that cannot be read is set aside, with a sentence in the log."""
        try:
            if self.path.stat().st_size > MOST_BYTES:
                raise NotPlain(f"it has more than {MOST_BYTES} bytes")
            content = typed(Content, _renewed(json.loads(self.path.read_text(encoding="utf-8"))))
            if content.version != VERSION:
                raise NotPlain(f"it is of version {content.version}")
            items = [_waiting(record, content.after_id) for record in content.readings]
            self._is_read = True
            logger.info("%d readings waited in %s", len(items), self.path)
            return items
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError, OverflowError) as error:
            self._set_aside(str(error))
        return []

    def forget(self) -> None:
        """Let the file go: all that was read from it is stored. Where that fails the next start finds it stored already."""
        if not self._is_read:
            return
        self._is_read = False
        try:
            self.path.unlink(missing_ok=True)
            self._settle()
        except OSError as error:
            logger.warning("%s is stored, and cannot be removed: %s", self.path, error)

    def _set_aside(self, said: str) -> None:
        aside = self._free_name()
        sentence = "the readings that waited in %s cannot be read (%s)"
        try:
            self.path.replace(aside)
        except OSError as error:
            logger.error(f"{sentence}, and it cannot be set aside: %s", self.path, said, error)
        else:
            logger.error(f"{sentence}; the file is now called %s", self.path, said, aside.name)

    def _free_name(self) -> Path:
        """Where a damaged file takes the place of no earlier one: somebody may still want to mend that."""
        first = f"{self.path.name}.damaged"
        names = (first if number == 1 else f"{first}-{number}" for number in count(1))
        return next(path for name in names if not (path := self.path.with_name(name)).exists())

    def _settle(self) -> None:
        """Let the folder know it too, whatever happens to the power."""
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _record(item: Waiting) -> Record:
    findings = [
        Found(
            one.rule_id,
            _place(one.outcome, item.outcomes),
            one.moment,
            one.at_ms,
            one.value,
            one.sentence,
            one.document,
        )
        for one in item.findings
    ]
    reading = item.reading
    return Record(
        reading.taken_at_ms,
        reading.covered,
        reading.gap,
        dict(reading.values),
        item.outcomes,
        item.gaps,
        findings,
        spilled_accounts.of_account(item.account),
        spilled_accounts.of_parts(item.parts),
    )


def _renewed(content: Any) -> Any:
    """The content of a file of an earlier version as this one would have written it."""
    version = content.get("version") if isinstance(content, dict) else None
    if not isinstance(version, int) or version not in LATER or not isinstance(content.get("readings"), list):
        return content
    readings = [LATER[version] | one if isinstance(one, dict) else one for one in content["readings"]]
    return content | {"version": VERSION, "readings": readings}


def _place(outcome: Outcome | None, outcomes: Sequence[Outcome]) -> int | None:
    return next((place for place, one in enumerate(outcomes) if one is outcome), None)


def _waiting(record: Record, after_id: int) -> Waiting:
    moment(record.at_ms)  # raises what no time can be made of
    if not record.values.keys() <= set(NAMES):
        raise NotPlain(f"{sorted(record.values.keys() - set(NAMES))[:3]} are no metrics")
    values = dict.fromkeys(NAMES) | record.values
    reading = Reading(record.at_ms, record.covered, record.gap, values)
    findings = [_finding(found, record.outcomes) for found in record.findings]
    return Waiting(
        reading,
        record.outcomes,
        dict.fromkeys(MEAN_METRICS),
        record.gaps,
        findings,
        after_id=after_id,
        account=spilled_accounts.account_of(record.account),
        parts=spilled_accounts.parts_of(record.parts),
    )


def _finding(found: Found, outcomes: Sequence[Outcome]) -> Finding:
    told = document.told(found.document, commands=True)
    if told is None or not (found.outcome is None or 0 <= found.outcome < len(outcomes)):
        raise NotPlain(f"a finding of {found.at_ms} is none")
    outcome = None if found.outcome is None else outcomes[found.outcome]
    return Finding(found.rule_id, outcome, found.moment, found.at_ms, found.value, found.sentence, told)
