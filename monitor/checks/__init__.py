"""System checks, monitor.E and monitor.W: each says what is wrong and what to do about it.

Those that are cheap carry the tag "loadmon", so that the sampler can run them alone; those that open the
database carry Django's tag "database". None needs `check --deploy`: what is right depends on the address that
is listened on.
"""

from monitor.checks import database, host, mail, web
from monitor.checks.messages import TAG

__all__ = ["TAG", "database", "host", "mail", "web"]
