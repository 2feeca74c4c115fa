"""Schemas of what the parts of a host held and moved."""

from __future__ import annotations

from monitor.usage.pasts import PartsAnswer


class Parts(PartsAnswer):
    """A span of time in buckets aligned to the epoch (`times` are their starts): what each part held and moved.

    parts: those that were measured in the span: file systems, the fullest first, then disks and interfaces, by name.
    oldest_at: from when on parts are kept, null where none is.
    """
