"""Real troublemakers before a real sampler: who makes trouble is named, for what it does, and nobody else is.

Other tests use the machine meanwhile, so that a sentence may rightly name those first; the documents show the culprits all
the same, and nobody innocent is ever blamed. Where nothing else runs, `make bench` judges every sentence.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.stages.playing import Stand, disk_folder, watching
from tests.stages.scenes import Scene, beside_others

TRIES, ALONE = 3, 0.95
"""A scene into which others have burst is played again; what is wrong by itself is wrong each time."""

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform != "linux", reason="names and states of processes are Linux's"),
]


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    """One sampler for all scenes that can share it."""
    with tempfile.TemporaryDirectory(dir=disk_folder()) as folder, watching() as site:
        yield Stand(site, Path(folder), is_alone=False)


@pytest.mark.parametrize("scene", beside_others(), ids=lambda scene: scene.name)
def test_who_makes_trouble_is_named_and_nobody_else(
    stand: Stand, scene: Scene, tell: Callable[[str], None]
) -> None:
    lacks = scene.lacks()
    for reason in (*scene.left_out, *([lacks] if lacks else [])):
        tell(f"scene {scene.name}: left out, {reason}")
    if lacks:
        return
    for _ in range(TRIES):
        played = stand.play(scene)
        said = f"{played.judgement}, by {played.share:.0%} of what was used, {played.seconds:.0f} s"
        tell(f"scene {scene.name}: {'; '.join([said, *played.judgement.remarks])}")
        if not played.judgement.remarks or played.share >= ALONE:
            break
    assert not played.judgement.remarks
