"""The feed of live frames: culprits by name, and no command line."""

import json

import pytest

from monitor.web.dashboard import feed
from tests.stages.busy import COMMAND

pytestmark = pytest.mark.django_db


def test_the_live_frame_is_the_same_for_all_and_holds_no_command_line(busy_host):
    text = feed.status(busy_host.name, None)
    assert '"ffmpeg"' in text
    assert COMMAND not in text


def test_samples_that_fill_a_hole_bring_a_verdict_with_the_culprits(busy_host):
    frames = [json.loads(text) for _, text in feed.missed(busy_host.name, 0, 600)]
    assert "ffmpeg" in frames[-1]["verdict"]["text"]
