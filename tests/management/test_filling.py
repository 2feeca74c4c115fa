"""One at a time: what fills the database refuses to begin beside another."""

import pytest
from django.core.management import CommandError, call_command

from monitor.management import filling

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("command", [("seeddemo",), ("importhistory", "/dev/null")], ids=lambda one: one[0])
def test_one_that_fills_the_database_is_enough(command: tuple[str, ...]) -> None:
    with (
        filling.alone(),
        pytest.raises(CommandError, match=r"^Another importhistory or seeddemo runs \(process \d+\)"),
    ):
        call_command(*command)
