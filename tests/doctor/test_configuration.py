"""Whether the settings and the people of an installation are right."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks

from monitor.doctor import configuration
from monitor.doctor.finding import Level
from tests.doctor.findings import only

OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE


@pytest.mark.django_db
def test_each_system_check_message_becomes_a_finding(settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    found = configuration.settings_are_right()
    assert any("monitor.E004" in finding.text and finding.level is FAILURE for finding in found)
    assert run_checks()


@pytest.mark.django_db
def test_a_site_without_an_administrator_is_told(django_user_model) -> None:
    assert only(configuration.somebody_can_log_in()).level is WARNING
    django_user_model.objects.create_superuser("ada")
    assert "ada" in only(configuration.somebody_can_log_in()).text
