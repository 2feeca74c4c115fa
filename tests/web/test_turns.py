"""What costs much is done by one at a time."""

import pytest

from monitor.web import turns
from monitor.web.turns import Busy, Turn


def test_who_waits_in_vain_is_told_so_in_a_sentence(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    turn = Turn("Others are at it.")
    with turn, pytest.raises(Busy, match="Others are at it"), turn:
        pass


def test_one_that_failed_lets_the_next_one_in():
    turn = Turn("Others are at it.")
    with pytest.raises(TypeError), turn:
        raise TypeError
    with turn:
        pass
