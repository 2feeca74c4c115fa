"""Whether loadmon names who did it: scenes with known culprits, played one after the other on a machine of their own."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.table import Row
from tests.stages.judging import Judgement
from tests.stages.playing import Stand, disk_folder, watching
from tests.stages.scenes import SCENES, Scene

QUICK = 3


def measure(quick: bool) -> list[Row]:
    """A row for each scene, and the score of all: culprit right, cause right, nothing false."""
    rows, found = [], []
    with tempfile.TemporaryDirectory(dir=disk_folder()) as folder, watching() as site:
        stand = Stand(site, Path(folder), is_alone=True)
        for scene in SCENES[: QUICK if quick else None]:
            lacks = scene.lacks()
            if lacks:
                rows.append(Row(f"scene: {scene.name}", f"left out: {lacks}"))
                continue
            judgement = _judged(stand, scene)
            found.append(judgement)
            rows.append(Row(f"scene: {scene.name}", str(judgement), "all right", judgement.is_right))
            print(
                *judgement.remarks, sep="\n", end="\n" * bool(judgement.remarks), file=sys.stderr, flush=True
            )
    return [*rows, _score(found)]


def _judged(stand: Stand, scene: Scene) -> Judgement:
    """How right it was; wrong in all where nothing came of it."""
    try:
        return stand.play(scene).judgement
    except AssertionError as error:
        return Judgement(culprit=False, cause=False, remarks=[f"{scene.name}: {error}"])


def _score(found: list[Judgement]) -> Row:
    """The sum of all scenes that could be played."""
    count = len(found)
    culprit, cause = sum(bool(one.culprit) for one in found), sum(bool(one.cause) for one in found)
    clean = sum(one.clean for one in found)
    text = f"culprit right {culprit}/{count}, cause right {cause}/{count}, nothing false {clean}/{count}"
    return Row("who did it", text, "all", culprit == cause == clean == count)
