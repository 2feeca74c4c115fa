"""Health check of this installation: whether samples are fresh and its parts live, for anybody who asks."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from monitor.history import freshness
from monitor.hosts import lookup
from monitor.runtime import clock, endings
from monitor.web import errors


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 only while this host's samples are fresh and no part keeps ending.

    It says no more than what must be mended, so that anyone may ask.
    """
    well, error = False, ""
    try:
        newest = freshness.newest(lookup.find_host(None))
        well = newest is not None and newest.is_fresh(clock.now_ms())
    except lookup.UnknownHost:
        pass
    except (DatabaseError, InterfaceError) as failure:
        error = errors.lasting(failure)
    if not error and (ending := endings.read(Path(settings.LOADMON_DATA_DIR))):
        well, error = False, " ".join(one.sentence() for one in ending)
    shape = {"ok": well, "error": error} if error else {"ok": well}
    answer = JsonResponse(shape, status=200 if well else 503)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django would log an error at each probe
    return answer
