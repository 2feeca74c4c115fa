"""The map of the house: rooms are folders, each has its folder of tests, and tells what others may import of it."""

import ast
import importlib
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import monitor
from monitor.conf import BASE_DIR

HOUSE = BASE_DIR / "monitor"
TESTS = BASE_DIR / "tests"
ROOMS = sorted(path.name for path in HOUSE.iterdir() if path.is_dir() and path.name != "__pycache__")
AT_THE_TOP = {"__init__.py", "apps.py", "models.py", "version.py"}
FOR_DJANGO = {"admin", "frontend", "management", "migrations", "templatetags"}
"""Nobody imports these: Django finds them by their place."""
SHARED = [room for room in ROOMS if room not in FOR_DJANGO]

MOST_NAMES = {
    "access": 29, "alerts": 40, "checks": 13, "collectors": 14, "conf": 10, "database": 49, "demo": 4,
    "diagnosis": 15, "doctor": 4, "history": 74, "hosts": 8, "ingest": 7, "live": 18, "loadtests": 26,
    "metrics": 71, "notifications": 36, "rules": 28, "runtime": 19, "sampler": 1, "transfer": 7, "usage": 42,
    "web": 22,
}  # fmt: skip
"""How many names of a room others use. They fall: who needs one more takes another away, unless the room can do
something that it could not, such as to restore a database; then its number rises by just what that takes."""


OF_SEVERAL = {
    "collectors/test_real_host", "diagnosis/test_agreement", "diagnosis/test_claims", "diagnosis/test_shares",
    "doctor/test_installation", "ingest/test_restarts",
    "notifications/test_document", "notifications/test_whole_way", "rules/domain/test_semantics",
    "web/dashboard/test_busy", "web/test_access", "web/test_openapi",
}  # fmt: skip
"""Tests of what several modules, or the documents and the code, do together: they are named for that."""


def modules() -> list[Path]:
    """Every module of the program but the migrations."""
    found = [*HOUSE.rglob("*.py"), *(BASE_DIR / "loadmon_site").glob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def room_of(path: Path) -> str:
    """The room that a file lies in; "" at the top."""
    parts = path.relative_to(BASE_DIR).parts
    return parts[1] if parts[0] == "monitor" and len(parts) > 2 else ""


def place(dotted: str) -> Path:
    """Where a module of that name would lie, without its ending."""
    return BASE_DIR / dotted.replace(".", "/")


def is_module(dotted: str) -> bool:
    """Whether `dotted` names a module, not something in one."""
    return place(dotted).is_dir() or place(dotted).with_suffix(".py").exists()


def modules_in(package: Path) -> set[str]:
    """The names of the modules and packages in a package."""
    return {path.stem for path in package.iterdir() if path.suffix == ".py" or path.is_dir()}


@cache
def imported() -> dict[str, set[str]]:
    """What is used of each room by others: full dotted names, "monitor.history.samples.latest"."""
    used: dict[str, set[str]] = defaultdict(set)
    for path in modules():
        tree, aliases = ast.parse(path.read_text()), {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "monitor":
                for one in node.names:
                    full = f"{node.module}.{one.name}"
                    if full.split(".")[1] == room_of(path):
                        continue
                    if is_module(full):
                        aliases[one.asname or one.name] = full
                    used[full.split(".")[1]].add(full)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in aliases
            ):
                full = f"{aliases[node.value.id]}.{node.attr}"
                used[full.split(".")[1]].add(full)
        if room_of(path) == "":  # settings name what Django is to load
            texts = (
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            )
            for text in texts:
                if re.fullmatch(r"monitor(\.\w+){2,}", text):
                    used[text.split(".")[1]].add(text)
    return used


def declared(package: Path) -> set[str]:
    """The names in __all__ of a package."""
    for node in ast.parse((package / "__init__.py").read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def test_the_map_in_the_docstring_is_the_house():
    told = re.findall(r"^    (\w+)/ ", monitor.__doc__ or "", re.M)
    assert sorted(told) == ROOMS


def test_nothing_lies_outside_the_rooms():
    assert {path.name for path in HOUSE.glob("*.py")} == AT_THE_TOP


def test_every_room_has_its_folder_of_tests():
    tested = set(ROOMS) - {"frontend", "migrations", "templatetags"}
    assert {room for room in tested if not any((TESTS / room).rglob("test_*.py"))} == set()


def test_every_folder_of_tests_is_named_for_its_room():
    own = {"bench", "browser", "js", "processes", "stages"}
    folders = {path.name for path in TESTS.iterdir() if path.is_dir() and any(path.rglob("*.*"))} - {
        "__pycache__"
    }
    assert folders - own <= set(ROOMS)


def is_mirrored(test: Path) -> bool:
    """Whether `<room>/test_<module>.py`, or `<room>/test_<module>_<aspect>.py`, has its module or package."""
    words, room = test.stem.split("_")[1:], HOUSE / test.relative_to(TESTS).parent
    places = [room, *([room / "commands"] if room.name == "management" else [])]
    names = ["_".join(words[:end]) for end in range(1, len(words) + 1)]
    return any(
        (place / f"{name}.py").is_file() or (place / name / "__init__.py").is_file() or place.name == name
        for place in places
        for name in names
    )


def test_every_file_of_tests_is_named_for_its_module():
    files = [path for room in ROOMS for path in (TESTS / room).rglob("test_*.py")]
    strays = {str(path.relative_to(TESTS).with_suffix("")) for path in files if not is_mirrored(path)}
    assert strays == OF_SEVERAL


def test_what_tests_run_in_other_processes_imports_what_there_is():
    """A script in a text is seen neither by ruff nor by the collection of tests; it fails minutes later, or silently."""
    line = re.compile(r"\bfrom ((?:monitor|tests)[\w.]*) import ([\w, ]+)")
    told = {found for path in TESTS.rglob("*.py") for found in line.findall(path.read_text())}
    lacking = {
        f"{module}.{name}"
        for module, names in told
        for name in re.findall(r"(\w+)(?: as \w+)?", names)
        if not is_module(f"{module}.{name}") and not hasattr(importlib.import_module(module), name)
    }
    assert lacking == set()


def test_only_django_imports_the_list_of_tables():
    """Who needs a table imports it from the room that owns it."""
    users = [
        str(path)
        for path in modules()
        if re.search(r"from monitor\.models import|import monitor\.models", path.read_text())
    ]
    assert users == []


def test_what_others_import_of_a_room_stands_in_its_all():
    steps: dict[Path, set[str]] = defaultdict(set)
    for full in {full for room in SHARED for full in imported()[room]}:
        parts = full.split(".")
        for at in range(2, len(parts)):
            package = place(".".join(parts[:at]))
            if package.is_dir():
                steps[package].add(parts[at])
    packages = [path.parent for room in SHARED for path in (HOUSE / room).rglob("__init__.py")]
    lacking = {str(one.relative_to(HOUSE)): steps[one] - declared(one) for one in packages}
    unused = {str(one.relative_to(HOUSE)): (declared(one) - steps[one]) & modules_in(one) for one in packages}
    assert {where: names for where, names in lacking.items() if names} == {}
    assert {where: names for where, names in unused.items() if names} == {}


def test_what_is_private_stays_in_its_room():
    used = {full for room in SHARED for full in imported()[room]}
    assert {full for full in used if full.rsplit(".", 1)[1].startswith("_")} == set()


def test_the_number_of_public_names_only_falls():
    """Where it fell, write the new number into MOST_NAMES."""
    names = {room: {full for full in imported()[room] if not is_module(full)} for room in SHARED}
    assert {room: sorted(used) for room, used in names.items() if len(used) > MOST_NAMES[room]} == {}
    assert {room: len(used) for room, used in names.items() if len(used) < MOST_NAMES[room] - 3} == {}
