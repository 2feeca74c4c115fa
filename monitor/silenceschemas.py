"""What the JSON API answers about silences."""

from __future__ import annotations

from ninja import Schema


class Silence(Schema):
    """A time in which messages are held back; rule and host null: every one.

    until_at: when the present quiet ends. resumes_at: a weekly one that was ended early holds nothing back before.
    """

    id: int
    rule: str | None
    host: str | None
    starts_at: int
    ends_at: int | None
    weekdays: str
    from_time: str | None
    until_time: str | None
    time_zone: str
    resumes_at: int | None
    maintenance: bool
    note: str
    created_by: str | None
    is_active: bool
    until_at: int | None


class Silences(Schema):
    """The silences that are not over."""

    silences: list[Silence]
