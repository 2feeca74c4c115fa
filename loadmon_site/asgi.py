"""The ASGI application that Daphne serves: HTTP by Django, WebSockets by monitor.web.asgi."""

import os

from django.core.asgi import get_asgi_application

os.umask(0o077)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loadmon_site.settings")
http = get_asgi_application()

from monitor.database import patience  # noqa: E402
from monitor.runtime.name import WEB, be_called  # noqa: E402
from monitor.web import front  # noqa: E402
from monitor.web.asgi import site  # noqa: E402

patience.bound()
be_called(WEB)
front.install()
application = site(http)
