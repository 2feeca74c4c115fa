"""The ASGI application that Daphne serves: HTTP by Django, WebSockets by monitor.routing."""

import os

from django.core.asgi import get_asgi_application

os.umask(0o077)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loadmon_site.settings")
http = get_asgi_application()

from monitor import databasefile  # noqa: E402  (Django must be set up first)
from monitor.pacing import paced  # noqa: E402
from monitor.processname import WEB, be_called  # noqa: E402
from monitor.routing import site  # noqa: E402

databasefile.make_none()
be_called(WEB)
application = site(paced(http))
