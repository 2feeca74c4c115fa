"""What the documents say is so: settings, commands, links, addresses, shapes, codes, recipes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from monitor import conf
from monitor.management.commands import runsampler
from monitor.metrics.catalogue import CATALOGUE
from monitor.notifications.models import Silence
from monitor.rules.domain.sentences import rule_sentence
from monitor.rules.models import Rule
from monitor.runtime import supervisor
from monitor.web import errors
from monitor.web.api import api
from tests.factories import make_alert, make_host, make_load_test, make_samples

ROOT = conf.BASE_DIR
README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
API = ROOT / "docs" / "api.md"
COMMANDS = ROOT / "docs" / "commands.md"
OPERATIONS = ROOT / "docs" / "operations.md"
OURS = sorted(name for name, app in get_commands().items() if app == "monitor")
LARGEST_PICTURE = 250_000
CODE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def section(path: Path, heading: str) -> str:
    """The text under one heading, up to the next of its level."""
    return re.split(rf"^## {re.escape(heading)}\n", path.read_text(), flags=re.M)[1].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of each table row but the head, without backquotes."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line[1:-1].split("|")] for line in lines[2:]]


def headings(path: Path) -> set[str]:
    """The anchors that GitHub makes of the headings."""
    found = re.findall(r"^#+ (.+)$", CODE.sub("", path.read_text()), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def links(path: Path) -> list[str]:
    """The targets of every link and picture that stays in this repository."""
    found = re.findall(r"\]\(([^)\s]+)\)", CODE.sub("", path.read_text()))
    return [target for target in found if not urlsplit(target).scheme]


def wrong(pattern: str, is_right: Callable[[str], Any]) -> dict[str, set[str]]:
    """What each document names by `pattern` and should not; some document must name something."""
    named = {name(path): set(re.findall(pattern, path.read_text(), re.M)) for path in DOCUMENTS}
    assert any(named.values())
    found = {file: {one for one in ones if not is_right(one)} for file, ones in named.items()}
    return {file: ones for file, ones in found.items() if ones}


# Settings


def test_the_table_of_settings_is_the_one_of_the_code():
    told = [setting[:3] for setting in rows(section(README, "Settings"))]
    assert told == [[one.name, one.default, one.help] for one in conf.SETTINGS]


def test_every_setting_that_is_named_exists():
    real = {one.name for one in conf.SETTINGS} | {"LOADMON_TEST_CHROMIUM"}
    assert wrong(r"\bLOADMON_[A-Z_]*[A-Z]\b", lambda setting: setting in real) == {}


# Commands


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert wrong(r"(?:^|`)make ([a-z]+)\b", lambda target: target in targets) == {}


def test_every_management_command_that_is_named_exists():
    assert wrong(r"manage\.py ([a-z]+)", lambda command: command in get_commands()) == {}


def test_every_command_of_ours_is_named():
    told = " ".join(command for command, _ in rows(COMMANDS.read_text()))
    assert [one for one in OURS if f"manage.py {one}" not in told] == []


@pytest.mark.parametrize("command", OURS)
def test_every_option_that_is_named_is_taken(command):
    [told] = [text for name, text in rows(COMMANDS.read_text()) if name == f"manage.py {command}"]
    help_text = load_command_class("monitor", command).create_parser("manage.py", command).format_help()
    assert [option for option in re.findall(r"--[a-z-]+", told) if option not in help_text] == []


def test_the_command_line_answers():
    done = subprocess.run([sys.executable, "manage.py", "help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert set(OURS) <= set(done.stdout.split())


# Links and pictures


def leads_somewhere(path: Path, target: str) -> bool:
    file, _, anchor = target.partition("#")
    there = (path.parent / file).resolve() if file else path
    return there.is_file() and (not anchor or anchor in headings(there))


def test_every_link_leads_somewhere():
    found = [(path, target) for path in DOCUMENTS for target in links(path)]
    assert found
    assert [(name(path), target) for path, target in found if not leads_somewhere(path, target)] == []


def test_the_readme_leads_to_every_document():
    linked = {(ROOT / target.partition("#")[0]).resolve() for target in links(README)}
    assert [name(path) for path in DOCUMENTS[1:] if path not in linked] == []


def test_the_picture_is_one_and_not_heavy():
    picture = (ROOT / "docs" / "dashboard.png").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(picture[16:20], "big") == 1280
    assert len(picture) <= LARGEST_PICTURE


def test_every_file_of_ours_that_is_named_exists():
    ours = r"`((?:monitor|loadmon_site|tests|templates|static/monitor|docs)/[\w./-]+)`"
    assert wrong(ours, lambda file: (ROOT / file).exists()) == {}


# The API


def examples() -> list[tuple[str, dict]]:
    """Each GET of docs/api.md that is followed by its answer: (path with query, answer)."""
    blocks = CODE.findall(API.read_text())
    found = []
    for (language, command), (next_language, answer) in pairwise(blocks):
        if (language, next_language) == ("sh", "json") and " -X " not in command and " -d " not in command:
            url = urlsplit(re.findall(r"http://[^\s']+", command)[-1])
            found.append((f"{url.path}?{url.query}", json.loads(answer)))
    return found


def assert_same_shape(told, real):
    """Every key that is told exists; only `values` may be shortened, and lists may be empty."""
    if isinstance(told, dict) and isinstance(real, dict):
        assert set(told) <= set(real)
        for key in told:
            assert_same_shape(told[key], real[key])
    elif isinstance(told, list) and isinstance(real, list) and told and real:
        assert_same_shape(told[0], real[0])


def test_the_api_is_told_by_examples():
    assert len(examples()) >= 7


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "told"), examples(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_example_of_the_api_answers_as_told(client, settings, path, told):
    settings.LOADMON_PUBLIC = "yes"
    host = make_host("demo")
    first = make_samples(host, 5)[0]
    alert = make_alert(host, resolved_ms=1_760_000_060_000)
    alert.transitions.create(at=alert.fired_at, change="fired", value=1.0)
    alert.evidence.create(moment="onset", at=alert.fired_at, value=1.0, document={"at": 1, "cores": 2.0})
    message = alert.notifications.create(key="k", created_at=alert.fired_at, next_attempt_at=alert.fired_at)
    message.tries.create(started_at=alert.fired_at, duration_ms=1, delivered=True)
    Silence.objects.create(starts_at=alert.fired_at)
    make_load_test(host)
    path = path.replace("alerts/1?", f"alerts/{alert.pk}?").replace("after=593", f"after={first.pk}")
    answer = client.get(path)
    assert answer.status_code == told.get("status", 200), answer.content
    assert set(told) == set(answer.json())
    assert_same_shape(told, answer.json())


def test_every_address_in_an_example_is_served():
    examples = r"curl[^\n|]*?(http://127\.0\.0\.1:8000[^\s'\"?]*)"
    assert wrong(examples, lambda url: resolve(urlsplit(url).path).func is not errors.no_such_api) == {}


def test_the_table_of_addresses_is_served():
    for cell, _ in rows(section(API, "Addresses")):
        path = cell.split()[-1].replace("<id>", "1")
        if not path.startswith("/ws/"):
            assert resolve(path).func is not errors.no_such_api


def _as_in_openapi(address: str) -> str:
    name = "silence_id" if "/silences/" in address else "alert_id"
    return address.replace("<id>", f"{{{name}}}")


def test_every_operation_of_the_api_is_in_the_table_of_addresses():
    told = {_as_in_openapi(cell) for cell, _ in rows(section(API, "Addresses"))}
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    served = {f"{method.upper()} {path}" for path, operations in paths.items() for method in operations}
    assert served - told == set()


def test_the_table_of_metrics_is_the_catalogue():
    told = rows(section(API, "Metrics"))
    assert told == [[one.name, one.unit.replace("_", " "), one.help] for one in CATALOGUE.values()]


def test_every_close_code_is_told():
    sources = "".join(
        (ROOT / "monitor" / f"{one}.py").read_text()
        for one in ("web/dashboard/socket", "live/hub", "web/quietness")
    )
    used = set(re.findall(r"\b4[45]\d\d\b", sources))
    assert set(re.findall(r"^\| (\d{4}) \|", API.read_text(), re.M)) == used


# Rules and exit codes


def _bounds(rule):
    """Fires, clears, critical and steps down, as the table tells them."""
    reached, calm = ("<=", ">") if rule.comparison == "below" else (">=", "<")
    critical = ["never", ""]
    if rule.critical_threshold is not None:
        metric = f"`{rule.critical_metric}` " if rule.critical_metric else ""
        critical = [
            f"{metric}{reached} {rule.critical_threshold:.15g}",
            f"{calm} {rule.critical_clear_threshold:.15g}",
        ]
    return [f"{reached} {rule.threshold:.15g}", f"{calm} {rule.clear_threshold:.15g}", *critical]


@pytest.mark.django_db
def test_the_rules_that_are_told_are_the_ones_that_are_shipped():
    told = rows(section(ROOT / "docs" / "alerts.md", "A rule").split("And in numbers:")[1])
    shipped = {
        rule.name: [
            rule.severity, rule.metric, f"{rule.window_seconds} s" if rule.window_seconds else "latest value",
            *_bounds(rule), "yes" if rule.per_core else "no", f"{rule.for_seconds} s", f"{rule.hold_seconds} s",
        ]
        for rule in Rule.objects.all()
    }  # fmt: skip
    assert {row[0]: [cell.replace("`", "") for cell in row[1:]] for row in told} == {
        name: [cell.replace("`", "") for cell in cells] for name, cells in shipped.items()
    }


@pytest.mark.django_db
def test_the_rules_are_told_in_the_sentences_of_the_admin():
    text = section(ROOT / "docs" / "alerts.md", "A rule")
    told = dict(rows(text.split("In the words of the admin:")[1].split("And in numbers:")[0]))
    assert told == {rule.name: rule_sentence(rule.spec()) for rule in Rule.objects.all()}


def test_the_exit_codes_that_are_told_are_the_ones_of_the_code():
    told = {int(row[0]) for row in rows(section(OPERATIONS, "Exit status of runsampler"))}
    assert told == {0, 1, 2} | set(runsampler.REFUSALS)
    unit = re.search(r"^RestartPreventExitStatus=(.*)$", OPERATIONS.read_text(), re.M)
    assert unit is not None
    assert {int(code) for code in unit[1].split()} == supervisor.FINAL_EXIT_CODES
