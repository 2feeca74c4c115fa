"""What the scripts of the page call things."""

import json
from pathlib import Path

from monitor.collectors.collection import REGISTRY
from monitor.history.models import GapKind
from monitor.web.vocabulary import metrics, vocabulary

IN_TESTS_OF_SCRIPTS = Path(__file__).resolve().parents[1] / "js" / "page" / "vocabulary.json"


def test_the_tests_of_scripts_know_the_vocabulary_that_the_server_sends() -> None:
    short = {
        name: {key: told for key, told in one.items() if key != "help"} for name, one in metrics().items()
    }
    told = json.dumps({"words": vocabulary(), "metrics": short}, indent=1) + "\n"
    assert IN_TESTS_OF_SCRIPTS.read_text() == told, f"write this into {IN_TESTS_OF_SCRIPTS.name}:\n{told}"


def test_every_reason_of_a_gap_has_its_words() -> None:
    assert set(vocabulary()["gaps"]) == set(GapKind.values)


def test_every_collector_has_the_words_of_its_figures_and_no_other() -> None:
    assert set(vocabulary()["collectors"]) == set(REGISTRY)


def test_the_graver_a_severity_the_higher_its_rank() -> None:
    ranks = {name: one["rank"] for name, one in vocabulary()["severities"].items()}
    assert ranks["info"] < ranks["warning"] < ranks["critical"]
