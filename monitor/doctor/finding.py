"""Findings of an examination, and the wall that keeps a broken one from taking the others down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.core.checks import WARNING, CheckMessage, Error


class Level(StrEnum):
    """How serious a finding is; only a failure gives an exit status other than 0."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one part, and what to do where something is to be done."""

    name: str
    level: Level
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """A part's name and how to look at it; `look` may raise anything."""

    name: str
    look: Callable[[], Iterable[Finding]]


def examine(examination: Examination) -> Iterator[Finding]:
    """The findings of one examination; one that breaks is itself a failure."""
    try:
        yield from examination.look()
    except Exception as error:  # the doctor meets whatever is wrong with an installation, and must go on
        yield failure(
            examination.name, f"Could not be examined: {reason(error)}", "Mend what is wrong above first."
        )


def reason(error: Exception) -> str:
    """An exception as the rest of a sentence, on one line, with one full stop."""
    said = " ".join(str(error).split()).rstrip(".?! ") or "no reason given"
    return f"{type(error).__name__}: {said}."


def ok(name: str, text: str) -> Finding:
    """All is well."""
    return Finding(name, Level.OK, text)


def warning(name: str, text: str, remedy: str) -> Finding:
    """It works, but not as it should, or it is not running."""
    return Finding(name, Level.WARNING, text, remedy)


def failure(name: str, text: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(name, Level.FAILURE, text, remedy)


def from_checks(name: str, messages: Sequence[CheckMessage], fine: str) -> list[Finding]:
    """System check messages as findings; `fine` where there is none."""
    found = [from_check(name, message) for message in messages if message.level >= WARNING]
    return found or [ok(name, fine)]


def from_check(name: str, message: CheckMessage) -> Finding:
    """One system check message as a finding."""
    level = Level.FAILURE if message.level >= Error("").level else Level.WARNING
    said = f"{message.msg} ({message.id})" if message.id else str(message.msg)
    return Finding(name, level, said, str(message.hint or "See the documentation of this check."))
