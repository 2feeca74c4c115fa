"""The rooms of the page's scripts: where a file lies, and what may import what."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SCRIPTS = PROJECT / "static" / "monitor" / "js"
TESTS = PROJECT / "tests" / "js"
# Imports point down; rooms on one line do not know each other.
LINES = (
    ("dashboard",),
    ("notifying", "rules", "usage"),
    ("alerts", "history"),
    ("charts", "diagnosis", "loadtests"),
    ("page",),
)
HEIGHT = {room: -depth for depth, rooms in enumerate(LINES) for room in rooms}
FILES = sorted(SCRIPTS.rglob("*.js"))
IMPORT = re.compile(
    r"""(?:^import\s(?:[^;"']*?\bfrom\s*)?|^export\s[^;"'=]*?\bfrom\s*|\bimport\(\s*)["']([^"']+)["']""",
    re.MULTILINE,
)


def name(path: Path) -> str:
    return path.relative_to(SCRIPTS).as_posix()


def room(path: Path) -> str:
    return path.relative_to(SCRIPTS).parts[0]


def imports(path: Path) -> list[Path]:
    """The files that a script imports, also those that it imports later by a call."""
    return [(path.parent / target).resolve() for target in IMPORT.findall(path.read_text())]


def test_imports_are_found_in_every_form_that_they_have(tmp_path: Path) -> None:
    script = tmp_path / "all.js"
    script.write_text(
        'import { a } from "./a.js";\nimport {\n  b,\n} from "../b.js";\nimport * as c from "./c.js";\n'
        'import "./d.js";\nexport { e } from "./e.js";\nexport const from = "./none.js";\n'
        'async function late() {\n  const { f } = await import("./f.js");\n}\n'
    )
    found = imports(script)
    assert [path.name for path in found] == ["a.js", "b.js", "c.js", "d.js", "e.js", "f.js"]
    assert found[1].parent == tmp_path.parent


def test_every_script_lies_in_a_room_and_no_room_is_empty() -> None:
    assert [name(path) for path in FILES if path.parent == SCRIPTS] == []
    assert {room(path) for path in FILES} == set(HEIGHT)


def test_every_test_of_scripts_lies_in_a_room_of_the_same_name() -> None:
    tests = [path.relative_to(TESTS) for path in TESTS.rglob("*.js")]
    assert tests
    assert [str(path) for path in tests if len(path.parts) < 2 or path.parts[0] not in HEIGHT] == []


def test_every_test_of_scripts_bears_the_name_of_the_script_that_it_tests() -> None:
    """`page/format.twicetold.test.js` is one more of `page/format.js`, in a process of its own."""
    tested = [
        path.relative_to(TESTS).parent / path.name.partition(".")[0] for path in TESTS.rglob("*.test.js")
    ]
    assert tested
    assert [str(path) for path in tested if not (SCRIPTS / path).with_suffix(".js").is_file()] == []


def test_scripts_import_nothing_that_is_not_there() -> None:
    assert [
        (name(path), str(target)) for path in FILES for target in imports(path) if target not in FILES
    ] == []


def test_scripts_import_files_of_their_own_room_and_of_lower_ones() -> None:
    arrows = [(path, target) for path in FILES for target in imports(path) if room(path) != room(target)]
    assert arrows
    assert [
        (name(path), name(target)) for path, target in arrows if HEIGHT[room(target)] >= HEIGHT[room(path)]
    ] == []


def test_scripts_do_not_import_each_other_in_a_circle() -> None:
    order = list(TopologicalSorter({path: imports(path) for path in FILES}).static_order())
    assert len(order) == len(FILES)
