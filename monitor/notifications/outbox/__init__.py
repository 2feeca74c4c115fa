"""Outbox: a row for each message to each receiver, from the change that it tells of until it is settled.

Rows are the queue. They are written in the transaction of their change, claimed by a conditional UPDATE, sent outside
any transaction, and settled by the lease under which they were claimed. A crash at any point means sent again.
"""

from monitor.notifications.outbox.claiming import claim, release
from monitor.notifications.outbox.enqueueing import enqueue
from monitor.notifications.outbox.flaps import flapping_of
from monitor.notifications.outbox.rows import TELLING
from monitor.notifications.outbox.settling import settle
from monitor.notifications.outbox.tending import hasten, tend

__all__ = ["TELLING", "claim", "enqueue", "flapping_of", "hasten", "release", "settle", "tend"]
