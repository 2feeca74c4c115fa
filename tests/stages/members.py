"""Members of alerts as they are stored."""

from __future__ import annotations

from tests.factories import NOW_MS

GONE = [
    {"name": "/data", "value": 95.0, "gone_at": NOW_MS, "is_back": False, "adds_up": False},
    {"name": "/srv", "value": 91.0, "gone_at": None, "is_back": False, "adds_up": False},
]
"""Two full disks, of which one is not measured any more."""

DISK = {
    "metric": "disk_fullest_percent",
    "rule_name": "Disk full",
    "threshold": 90.0,
    "clear_threshold": 87.0,
    "value": 95.0,
}
