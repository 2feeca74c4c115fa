"""The words for what can happen to an alert."""

from monitor.alerts.models import Change, Transition
from monitor.rules.domain import states


def test_the_words_of_the_state_machine_come_first():
    assert Change.values[: len(states.Change)] == [one.value for one in states.Change]


def test_every_change_fits_into_its_column():
    assert max(map(len, Change.values)) <= Transition._meta.get_field("change").max_length


def test_every_change_has_words_of_its_own():
    assert len({one.label for one in Change}) == len(Change)
