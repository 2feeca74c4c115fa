"""Query of the list of alerts, read strictly: every refusal is a sentence that names the value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from urllib.parse import urlencode

from django.http import QueryDict

from monitor.alerts import search
from monitor.alerts.search import Filter
from monitor.metrics.times import shown
from monitor.rules.models import Severity
from monitor.web.ids import id_of

FIELDS = ("q", "state", "severity", "host", "rule", "since", "until")
STATES = {"open": "open", "resolved": "recovered"}


@dataclass(slots=True)
class Asked:
    """The texts of the form as they were given, what they mean, and what is wrong with them."""

    given: dict[str, str]
    wanted: Filter = field(default_factory=Filter)
    before: int | None = None
    problems: list[str] = field(default_factory=list)

    def address(self, **changes: str) -> str:
        """The query of the same list with `changes`, such as "?host=db-01&day=..."; "?" for the whole list."""
        kept = {name: text for name, text in (self.given | changes).items() if text}
        return f"?{urlencode(kept)}"


def read(query: QueryDict, zone: tzinfo) -> Asked:
    """What is asked for; days are those of `zone`, and `until` is a whole day."""
    given = {name: query.get(name, "").strip() for name in FIELDS}
    if day := query.get("day", "").strip():
        given["since"] = given["until"] = day
    asked = Asked(given)
    for name, text in given.items():
        if not search.is_searchable(text):
            asked.problems.append(_unsearchable(name, text))
            given[name] = ""
    state = _choice(asked, "state", STATES)
    severity = _choice(asked, "severity", dict(Severity.choices))
    since, until = _day(asked, "since"), _day(asked, "until")
    if since and until and until < since:
        asked.problems.append(f"The last day, {until}, lies before the first, {since}.")
    asked.before = _before(asked, query.get("before", ""))
    asked.wanted = Filter(
        state=state, severity=severity, host=given["host"], rule=given["rule"], text=given["q"],
        since=_midnight(since, zone), until=_midnight(until + timedelta(days=1), zone) if until else None,
    )  # fmt: skip
    return asked


def _unsearchable(name: str, text: str) -> str:
    if len(text) > search.LONGEST_TEXT:
        return f"{name} has {len(text)} characters; at most {search.LONGEST_TEXT} can be looked for."
    return f"{name} holds characters that cannot be looked for: {shown(text)}."


def _choice(asked: Asked, name: str, choices: dict[str, str]) -> str:
    text = asked.given[name]
    if text and text not in choices:
        asked.problems.append(f"{name} must be {' or '.join(choices)}, not {shown(text)}.")
        return ""
    return text


def _day(asked: Asked, name: str) -> date | None:
    text = asked.given[name]
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        if len(text) != 10 or not 1970 <= day.year <= 9998:
            raise ValueError(text)
    except ValueError:
        asked.problems.append(f"{name} is no day such as 2026-11-24: {shown(text)}.")
        asked.given[name] = ""
        return None
    return day


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone)


def _before(asked: Asked, text: str) -> int | None:
    if not text:
        return None
    found = id_of(text)
    if found is None:
        asked.problems.append(f"before must be the id of an alert, not {shown(text)}.")
    return found
