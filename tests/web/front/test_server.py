"""The door is put into Daphne's command line, and into nothing else."""

import json
import subprocess
import sys

from monitor.conf import BASE_DIR

LOOK = """
import json, sys
if "daphne" in sys.argv:
    import daphne.cli
import monitor.web.front as front
front.install()
if "daphne" not in sys.argv:
    print(json.dumps([name for name in ("twisted", "daphne") if name in sys.modules]))
    raise SystemExit
import time
import daphne.http_protocol, daphne.server, daphne.ws_protocol
from twisted.internet import reactor
server_class = daphne.cli.CommandLineInterface.server_class
server = server_class(lambda: None, ["tcp:0"], websocket_max_message_size=0, websocket_max_frame_size=1 << 20)
from types import SimpleNamespace
from twisted.internet.error import ReactorNotRunning
from twisted.logger import LogLevel
noted = []
server.journal.note = lambda what, about="": noted.append(f"{what}: {about}")
for error in (ReactorNotRunning(), KeyError("x")):
    server._overhear({"log_level": LogLevel.critical, "log_failure": SimpleNamespace(value=error)})
print(json.dumps({
    "noted": noted,
    "class": server_class.__module__,
    "sizes": [server.websocket_max_message_size, server.websocket_max_frame_size],
    "name": server.server_name,
    "clocks": [module.time.time is time.monotonic for module in
               (daphne.server, daphne.http_protocol, daphne.ws_protocol)] + [reactor.seconds is time.monotonic],
}))
"""


def look(*arguments: str):
    told = subprocess.run(
        [sys.executable, "-c", LOOK, *arguments], cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    return json.loads(told.stdout)


def test_daphne_has_the_door_and_a_clock_that_nobody_can_set() -> None:
    found = look("daphne")
    assert found.pop("noted") == [
        "the web server stumbled: KeyError: 'x'"
    ]  # not that it is told twice to end
    assert found == {
        "class": "monitor.web.front.server",
        "sizes": [65_536, 65_536],
        "name": "",
        "clocks": [True] * 4,
    }


def test_nobody_else_loads_twisted_for_it() -> None:
    assert look() == []
