"""A database whose owner is another, or in a directory without rights: 503 with the reason, one line, no traceback."""

import os
import shutil
import subprocess

import pytest

from tests.stages.servers import until

NOBODY = 65534
WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"]
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root may give files to another user"
    ),
]


@pytest.fixture
def plain(site, monkeypatch):
    """A web server for which rights count."""
    real = subprocess.Popen
    monkeypatch.setattr(
        "tests.stages.servers.subprocess.Popen", lambda words, **more: real([*WITHOUT_RIGHTS, *words], **more)
    )
    site.start_web()
    yield site
    site.data.chmod(0o700)


def told(site):
    answers = [site.request("GET", path) for path in ("/", "/healthz", "/api/v1/status", "/alerts/")]
    return {(status, b"The database may not be used" in body) for status, _, body in answers}


def test_a_directory_without_rights_and_files_of_another_are_503_with_the_reason(plain):
    until(lambda: plain.request("GET", "/")[0] == 200, "the page")
    plain.data.chmod(0)
    assert told(plain) == {(503, True)}
    plain.data.chmod(0o700)
    for path in plain.data.glob("loadmon.sqlite3*"):
        os.chown(path, NOBODY, NOBODY)
    assert told(plain) == {(503, True)}
    log = plain.log("web")
    assert "Traceback" not in log
    assert "User 0 may not" in log
