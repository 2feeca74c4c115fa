"""What manage.py doctor prints: nothing in it steers the terminal that it is read on."""

from io import StringIO

from django.core.management import call_command

from monitor import doctor
from monitor.doctor.finding import Finding, Level
from tests.stages.deceit import DECEIVING


def test_no_name_in_a_finding_steers_the_terminal_or_turns_it_around(monkeypatch) -> None:
    evil = "".join(DECEIVING)
    found = [Finding("rules", Level.WARNING, f"The rule Di{evil}sk.", f"Mend Di{evil}sk.")]
    monkeypatch.setattr(doctor, "findings", lambda: iter(found))
    said = StringIO()
    call_command("doctor", stdout=said, no_color=True)
    assert [sign for sign in DECEIVING if sign in said.getvalue()] == []
    assert "The rule Disk." in said.getvalue()
    assert "-> Mend Disk." in said.getvalue()
