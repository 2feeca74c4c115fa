"""The rooms of the program: what may import what, how large a room may grow, what no file may do."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from monitor.conf import BASE_DIR
from monitor.history.models import Sample, Statistics
from monitor.metrics.catalogue import NAMES

PACKAGES = ("monitor", "loadmon_site")
FILES = sorted(path for package in PACKAGES for path in (BASE_DIR / package).rglob("*.py"))
OURS = [path for path in FILES if "migrations" not in path.parts]
LARGEST_FILE = 254  # lines; the aim is 250, and this number only falls
BANNED_NAMES = {"utils", "helpers", "common", "core", "services", "managers", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(BASE_DIR))


def test_imports_keep_to_the_rooms():
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-cache",
    ]
    result = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def imports_of(path: Path, modules: dict[str, Path]) -> set[str]:
    """The modules of the program that a file imports, within functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            full = {f"{node.module}.{one.name}" for one in node.names}
            found |= {one if one in modules else node.module for one in full}
    return found & set(modules)


def test_no_module_imports_itself_by_way_of_others():
    """Imports within functions count: they hide a circle, they do not open it."""
    modules = {
        name(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in OURS
    }
    graph = {module: imports_of(path, modules) for module, path in modules.items()}
    assert set(TopologicalSorter(graph).static_order()) == set(modules)


def test_every_module_says_first_what_lives_in_it():
    """Its first line is a whole sentence."""
    trees = {name(path): ast.parse(path.read_text()) for path in OURS}
    first = {
        file: (ast.get_docstring(tree) or "").split("\n")[0] for file, tree in trees.items() if tree.body
    }
    assert {file: line for file, line in first.items() if not re.fullmatch(r"\S.+\.", line)} == {}


def test_no_module_is_named_for_what_it_does_not_say():
    assert [name(path) for path in OURS if path.stem in BANNED_NAMES] == []


def test_no_module_outgrows_its_name():
    lines = {name(path): len(path.read_text().splitlines()) for path in OURS}
    assert {file: count for file, count in lines.items() if count > LARGEST_FILE} == {}


def test_every_metric_has_its_column_and_every_column_its_metric():
    own = {field.name for field in Statistics._meta.get_fields()}
    assert own == set(NAMES)
    assert set(NAMES) <= {field.name for field in Sample._meta.get_fields()}


WRITERS = {
    "alerts/actions.py", "alerts/nodata.py", "alerts/recording.py", "database/alone.py", "database/file.py",
    "database/turns.py", "demo/removing.py", "demo/seeding.py",
    "history/retention.py", "history/rollups.py", "ingest/storing.py", "loadtests/requests.py", "loadtests/runner.py",
    "notifications/outbox/settling.py", "notifications/outbox/tending.py", "transfer/importing.py",
    "usage/cleaning.py", "usage/retention.py", "usage/settling.py",
}  # fmt: skip
"""The modules that open transactions: each writes in every one of them."""


def test_reads_never_sit_inside_a_transaction():
    """Under BEGIN IMMEDIATE even a read would take SQLite's write lock and starve the sampler."""
    assert "ATOMIC_REQUESTS" not in (BASE_DIR / "loadmon_site" / "settings.py").read_text()
    names = {
        path: {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        for path in OURS
    }
    assert {
        name(path).removeprefix("monitor/") for path, used in names.items() if used & {"atomic", "short_turn"}
    } <= WRITERS


def test_no_row_is_stored_with_errors_ignored():
    """INSERT OR IGNORE swallows a NaN in a NOT NULL column as silently as a duplicate."""
    assert not [name(path) for path in OURS if re.search(r"ignore_conflicts\s*=\s*True", path.read_text())]


def test_nothing_forks():
    """A forked child keeps the sampler's lock, and SQLite forbids carrying a connection over."""
    assert not [
        name(path) for path in OURS if re.search(r"os\.fork\(|import multiprocessing", path.read_text())
    ]


def test_templates_and_scripts_bring_nothing_inline_and_nothing_foreign():
    for path in [*(BASE_DIR / "templates").rglob("*.html"), *(BASE_DIR / "static" / "monitor").rglob("*.*")]:
        if path.suffix in {".html", ".js", ".css", ".svg"}:
            text = path.read_text()
            assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=[\"']", text), (
                name(path)
            )
            foreign = re.findall(r"https?://(?!www\.w3\.org/)[^\s\"'<>]+", text)
            assert not foreign, f"{name(path)}: {foreign}"


LOOSE = {"dict[str, Any]", "Mapping[str, Any]"}
MOST_LOOSE = 11
"""How many functions may return a dict of anything. The number only ever falls: a TypedDict or a dataclass says more."""


def loose_aliases(tree: ast.Module) -> set[str]:
    """The names that a module gives to a dict of anything: "Fields = dict[str, Any]"."""
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.value) in LOOSE
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def names_of(tree: ast.Module, aliases: dict[str, set[str]]) -> set[str]:
    """What in a module stands for a dict of anything: an alias of its own, an imported one, one of an imported module."""
    found = set(loose_aliases(tree))
    for node in ast.walk(tree):
        for one in node.names if isinstance(node, ast.ImportFrom) else ():
            called = one.asname or one.name
            if one.name in aliases.get(node.module or "", ()):
                found.add(called)
            found |= {f"{called}.{alias}" for alias in aliases.get(f"{node.module}.{one.name}", ())}
    return found


def returning_a_dict_of_anything() -> dict[str, ast.AST]:
    """Every function whose return type holds dict[str, Any] or another name for it, by "file:line function"."""
    trees = {path: ast.parse(path.read_text()) for path in OURS}
    module = {
        path: name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in OURS
    }
    aliases = {module[path]: loose_aliases(tree) for path, tree in trees.items()}
    found: dict[str, ast.AST] = {}
    for path, tree in trees.items():
        loose = LOOSE | names_of(tree, aliases)
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns is not None:
                parts = {ast.unparse(part) for part in ast.walk(node.returns)}
                if parts & loose:
                    found[f"{name(path)}:{node.lineno} {node.name}"] = node
    return found


def test_few_functions_return_a_dict_of_anything_and_each_says_why():
    found = returning_a_dict_of_anything()
    assert len(found) <= MOST_LOOSE, sorted(found)
    told = {which: ast.get_docstring(node) or "" for which, node in found.items()}
    assert [which for which, text in told.items() if not re.search(r"\b[Aa] dict\s+because\b", text)] == []


HEAVY = {"ninja", "pydantic", "PIL", "psutil", "apprise", "twisted", "daphne"}
"""What a process pays for with megabytes, and only the web server, or a message, needs."""


@pytest.mark.parametrize("command", ["runsampler", "runnotifier"])
def test_sampler_and_notifier_load_nothing_heavy_that_they_do_not_need(command):
    code = (
        "import os, sys, importlib; os.environ['DJANGO_SETTINGS_MODULE'] = 'loadmon_site.settings'\n"
        f"import django; django.setup(); importlib.import_module('monitor.management.commands.{command}')\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & HEAVY == set()
