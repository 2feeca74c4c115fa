"""The front door: Daphne, with bounds on what anybody who reaches the port can ask of it.

It is put in by `loadmon_site.asgi`, so it is there however Daphne is started: by `manage.py serve`, or as
`daphne loadmon_site.asgi:application`. Any other ASGI server has its own bounds, or none.
"""

from __future__ import annotations

import sys

__all__ = ["install"]


def install() -> None:
    """Bound Daphne, where it is Daphne's command line that imports us; nobody else loads Twisted for this."""
    if "daphne.cli" in sys.modules:
        from monitor.web.front import server

        server.install()
