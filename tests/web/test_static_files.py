"""Static files under hashed names, and the modules that import each other by them."""

import re
import shutil
from pathlib import Path

from monitor.management.commands import vendor
from monitor.web.static_files import StaticStorage


def collected(tmp_path: Path, source: Path) -> tuple[StaticStorage, dict[str, str]]:
    """Everything below `source`, collected and hashed into tmp_path: the storage and old name -> new name."""
    storage = StaticStorage(location=tmp_path, base_url="/static/")
    shutil.copytree(source, tmp_path, dirs_exist_ok=True)
    names = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    for _, _, problem in storage.post_process({name: (storage, name) for name in names}):
        if isinstance(problem, Exception):
            raise problem
    return storage, dict(storage.hashed_files)


def test_modules_are_served_and_imported_under_hashed_names(tmp_path, settings) -> None:
    settings.DEBUG = False
    _, names = collected(tmp_path, vendor.PROJECT / "static" / "monitor")
    main = (tmp_path / names["js/dashboard/main.js"]).read_text()
    own, others = re.findall(r'"\./([\w./-]+)"', main), re.findall(r'"\.\./([\w./-]+)"', main)
    assert own
    assert others
    assert {f"js/dashboard/{name}" for name in own} | {f"js/{name}" for name in others} <= set(names.values())


def test_a_file_that_was_never_collected_does_not_take_the_page_down(tmp_path, settings) -> None:
    settings.DEBUG = False
    storage = StaticStorage(location=tmp_path, base_url="/static/")
    assert storage.url("vendor/chart.umd.min.js") == "/static/vendor/chart.umd.min.js"


def test_a_collected_file_is_served_under_its_hashed_name(tmp_path, settings) -> None:
    settings.DEBUG = False
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.js").write_text("const a = 1;\n")
    (tmp_path / "root").mkdir()
    storage, names = collected(tmp_path / "root", source)
    assert storage.url("a.js") == f"/static/{names['a.js']}"
    assert names["a.js"] != "a.js"
