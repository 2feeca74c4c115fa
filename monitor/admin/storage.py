"""Storage page of the admin: what history takes on disk, how far back it goes, and what it will take."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from monitor.access import permissions
from monitor.admin.times import local_time
from monitor.history import storage
from monitor.history.domain.age import age
from monitor.history.storage import Beside, Storage, Tier
from monitor.metrics.quantities import span
from monitor.metrics.times import moment
from monitor.runtime import clock
from monitor.usage import sizes

MAY_SEE = "monitor.view_host"
NAMES = {0: "Samples", 60: "1 minute", 900: "15 minutes", 3600: "1 hour"}
SETTINGS = {
    0: "LOADMON_RAW_HOURS",
    60: "LOADMON_MINUTE_DAYS",
    900: "LOADMON_QUARTER_DAYS",
    3600: "LOADMON_HOUR_DAYS",
}


def urls() -> list[URLPattern]:
    """The page for the admin site, for whoever may see hosts there."""
    return [path("storage/", admin.site.admin_view(page), name="monitor_storage")]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Measure and show."""
    if not permissions.may_open_admin(request.user, MAY_SEE):
        raise PermissionDenied("Your account may not see hosts, nor what is stored of them.")
    now_ms = clock.now_ms()
    found = storage.look(sizes.look)
    context = {
        **admin.site.each_context(request),
        "title": "Storage",
        "tiers": [_row(tier, now_ms) for tier in found.tiers]
        + [_beside(one, now_ms) for one in found.beside],
        "facts": _facts(found),
        "used": found.database_bytes,
        "limit": found.limit_bytes,
        "method": found.method,
        "verdict": _verdict(found),
    }
    return TemplateResponse(request, "admin/monitor/storage.html", context)


def _row(tier: Tier, now_ms: int) -> dict[str, str | bool]:
    return _told(tier, now_ms) | {
        "name": NAMES[tier.resolution],
        "kept": span(tier.kept_ms / 1000),
        "setting": SETTINGS[tier.resolution],
        "shortened": tier.shortened,
    }


def _beside(one: Beside, now_ms: int) -> dict[str, str | bool]:
    return _told(one, now_ms) | {"name": one.name, "kept": "as long as the tiers"}


def _told(one: Tier | Beside, now_ms: int) -> dict[str, str | bool]:
    oldest, about = one.oldest_ms, "" if one.size.exact else "about "
    return {
        "rows": f"{about}{one.size.rows:,}",
        "bytes": f"{about}{megabytes(one.size.bytes)}",
        "oldest": "-" if oldest is None else local_time(moment(oldest)),
        "reach": _reach(oldest, now_ms),
        "a_day": megabytes(one.bytes_a_day),
        "full": megabytes(one.full_bytes),
    }


def _reach(oldest_ms: int | None, now_ms: int) -> str:
    """How far back a tier reaches; its oldest time may lie ahead of a clock that was set back."""
    seconds = age(oldest_ms, now_ms)
    return "-" if oldest_ms is None else "not known" if seconds is None else span(seconds)


def _facts(found: Storage) -> list[tuple[str, str]]:
    """What there is beside the tiers, as (name, value)."""
    sizes = (
        ("History and all the rest", found.database_bytes),
        ("Of that alerts, accounts and the rest", found.other_bytes),
        ("Database file, freed pages included, the log below not", found.file_bytes),
        ("Write-ahead log", found.wal_bytes),
        ("Free on the disk", found.free_disk_bytes),
        ("A day adds, before anything is pruned", found.bytes_a_day),
        ("Once every tier is full", found.full_bytes),
        ("Limit (LOADMON_MAX_DATABASE_SIZE)", found.limit_bytes),
    )
    return [(name, megabytes(size)) for name, size in sizes if size is not None]


def _verdict(found: Storage) -> str:
    """One sentence on whether it fits."""
    if found.over_limit:
        tier = next((NAMES[tier.resolution].lower() for tier in found.tiers if tier.shortened), None)
        if not found.can_shorten:
            return "The database is larger than the limit, which is kept with SQLite only: nothing goes but by age."
        going = f"the oldest of the tier {tier!r} goes now" if tier else "nothing more may be shortened"
        return f"The database has reached its limit: {going}."
    if found.full_bytes > found.limit_bytes:
        return "At the pace of the last day the limit will be reached; then the oldest and finest history goes first."
    growth = found.full_bytes - found.database_bytes
    if found.free_disk_bytes is not None and growth > found.free_disk_bytes:
        return "It will stay within its limit, but the disk has not enough room for that."
    return "At the pace of the last day it stays within its limit."


def megabytes(size: float) -> str:
    """Megabytes of a million bytes, as the limit is given in."""
    return f"{size / 1_000_000:,.1f} MB"
