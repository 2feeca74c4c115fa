"""The list of claims in docs/evidence.md, held against the code: no word of a sentence without its proof."""

import ast
import re
from pathlib import Path

import pytest

from monitor.diagnosis import sentence, sight, verdict, words
from monitor.diagnosis.tone import Tone
from monitor.metrics.catalogue import NAMES

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs/evidence.md").read_text().split("## Claims")[1].split("\n## ")[0].splitlines()
    if line.startswith("| `")
]
CLAIMS = [claim for row in ROWS for claim in re.findall(r"`([^`]+)`", row[0])]
MODULES = (sentence, sight, verdict, words)
NO_WORDS = {*NAMES, *Tone}
FIELD = re.compile("[a-z0-9]+(_[a-z0-9]+)+")
"""Strings that stand for themselves: tones, and the names of metrics and fields."""


def texts(module):
    """Every string in the code of a module that may come into a sentence."""
    tree = ast.parse(Path(module.__file__).read_text())
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    said = {node.value.strip(" .;,:()") for node in found if id(node) not in documents}
    words_of = {text for text in said if len(re.findall("[a-zA-Z]", text)) > 1}
    return {text for text in words_of if not FIELD.fullmatch(text)} - NO_WORDS


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rsplit(".", 1)[-1])
def test_no_sentence_says_what_is_not_listed(module):
    told = texts(module)
    assert len(told) > 2
    assert [text for text in sorted(told) if not any(text in claim for claim in CLAIMS)] == []


def test_nothing_is_listed_that_no_sentence_says():
    said = {text for module in MODULES for text in texts(module)}
    assert [claim for claim in CLAIMS if not any(text in claim for text in said)] == []


def test_each_claim_has_its_proof_and_a_test():
    source = "".join(path.read_text() for path in (ROOT / "tests/diagnosis").glob("test_*.py"))
    assert len(ROWS) > 20
    for claim, proof, test in ROWS:
        assert len(proof) > 10, claim
        assert f"def {test.strip('`')}(" in source, claim
