"""What the tests of the doctor read from findings."""

from __future__ import annotations

import json

from monitor.doctor.finding import Finding, Level
from tests.stages.servers import Site

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


def only(found: list[Finding]) -> Finding:
    """The one finding there is."""
    (finding,) = found
    assert finding.level is OK or finding.remedy
    return finding


def doctor(site: Site, *arguments: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    """Exit status, and what is said by part: (level, text)."""
    ran = site.manage("doctor", "--json", *arguments, check=False)
    assert "Traceback" not in ran.stderr
    said: dict[str, list[tuple[str, str]]] = {}
    for finding in json.loads(ran.stdout)["findings"]:
        said.setdefault(finding["name"], []).append((finding["level"], finding["text"]))
    return ran.returncode, said
