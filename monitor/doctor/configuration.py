"""Examination of settings, accounts and static files."""

from __future__ import annotations

from django.core import checks
from django.core.checks import CheckMessage

from monitor.access import login_links
from monitor.checks.web import missing_static_files
from monitor.doctor.finding import Examination, Finding, from_check, from_checks, ok, warning

TOLD_ELSEWHERE = frozenset({"monitor.W017", "monitor.W021", "monitor.W026", "monitor.W037"})


def settings_are_right() -> list[Finding]:
    """All system checks, Django's for deployment included, but for those that have a line of their own."""
    messages: list[CheckMessage] = checks.run_checks(include_deployment_checks=True)
    told = [message for message in messages if not message.is_silenced() and message.id not in TOLD_ELSEWHERE]
    wrong = [from_check("settings", message) for message in told if message.level >= checks.WARNING]
    return wrong or [ok("settings", "Every system check passes, those for deployment included.")]


def somebody_can_log_in() -> list[Finding]:
    """An administrator exists."""
    names = [user.get_username() for user in login_links.administrators().order_by("pk")[:3]]
    if names:
        return [ok("accounts", f"Administrators: {', '.join(names)}. A link to log in: manage.py loginlink.")]
    remedy = "manage.py loginlink makes one and prints a link."
    return [warning("accounts", "There is no administrator: nobody can change anything.", remedy)]


def static_files_are_right() -> list[Finding]:
    """Chart.js and the collected files."""
    return from_checks("static files", missing_static_files(), "Chart.js and the page's files are in place.")


EXAMINATIONS = (
    Examination("settings", settings_are_right),
    Examination("static files", static_files_are_right),
)
