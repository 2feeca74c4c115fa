"""Names of interpreted programs: which script, module or class an interpreter runs, and nothing else of its arguments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from monitor.collectors.domain.redacting import redacted
from monitor.metrics.text import harmless

LONGEST = 64
MAIN_THREADS = frozenset({"MainThread", "node-MainThread"})
"""What some versions of node call their main thread, and so the process."""

FILE_NAME = re.compile(r"(?=.*[^\W\d_])(?:[^\W_][\w.+-]*|__\w+__(?:\.py)?|_\w[\w.+-]*)")
VERSION = re.compile(r"[-.]?\d[\d.]*[a-z]?$")
CHANCE = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{16,}|[0-9a-fA-F]{12,}|[A-Za-z\d]{28,}")
"""A part of a name that looks like chance: a token, a hash or part of a UUID, and no word."""

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
PARTS = re.compile(r"[._+-]")


class _Way(NamedTuple):
    """How one interpreter is called.

    inline: letters of short options that are followed by code, or say that it comes from standard input. valued: options
    whose value is the next word. flags: letters of short options without a value, which may stand together. named: options
    whose value is the script. ends: the script's file name must end like this where an unknown option stands before it.
    commands: words before the script. words: long options that are followed by code. is_closed: every other option is one
    word. needs_ending: what does not end like a script is a command of the interpreter. needs_command: no script without.
    """

    inline: str = ""
    valued: frozenset[str] = frozenset()
    flags: str = ""
    named: frozenset[str] = frozenset()
    ends: tuple[str, ...] = ()
    commands: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    is_closed: bool = False
    needs_ending: bool = False
    needs_command: bool = False


def _options(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHELL = _Way("cs", _options("-o +o -O +O --rcfile --init-file"), "abefhiklmnprtuvxBCEHPTD", ends=("sh",))
JAVA = _Way(
    valued=_options(
        "-cp -classpath --class-path -p --module-path --upgrade-module-path --add-modules --add-opens --add-exports "
        "--add-reads --limit-modules --patch-module --source --enable-native-access"
    ),
    named=_options("-jar -m --module"),
    is_closed=True,
)
WAYS: dict[str, _Way] = {
    "python": _Way(
        "c", _options("-W -X -Q --check-hash-based-pycs"), "bBdEhiIOPqRsStuvVx", _options("-m"), (".py", ".pyc", ".pyz")
    ),
    "node": _Way(
        "ep",
        _options("-r --require --import --loader --experimental-loader -C --conditions --env-file --icu-data-dir"
                 " --input-type --title --openssl-config --inspect-port --max-http-header-size --test-name-pattern"),
        "cihv", ends=(".js", ".mjs", ".cjs", ".ts"), words=_options("--eval --print --interactive"),
    ),
    "ruby": _Way("e", _options("-r -I -C -E --encoding"), "acdlnpsSuUvwW0123456789", ends=(".rb", ".ru")),
    "perl": _Way("eE", _options("-I"), "acdfglnpsStTuUvwWX0123456789", ends=(".pl", ".pm", ".t")),
    "php": _Way("rBREas", _options("-d -c -z -S -t"), "CeHilnqvw", _options("-f -F"), (".php", ".phar")),
    "bash": SHELL,
    "java": JAVA,
    "lua": _Way("", _options("-e -l"), "viEW", ends=(".lua",)),
    "Rscript": _Way("e", flags="", ends=(".R", ".r")),
    "R": _Way("e", flags="", named=_options("-f --file"), ends=(".R", ".r")),
    "deno": _Way(
        "", _options("-c --config --import-map -L --log-level"), "Aqr", ends=(".ts", ".js", ".mjs", ".tsx", ".jsx"),
        commands=_options("run serve test bench"), needs_command=True,
    ),
    "bun": _Way(
        "ep", _options("-r --preload -c --config --cwd --env-file"), "", ends=(".ts", ".js", ".mjs", ".tsx", ".jsx"),
        commands=_options("run test"), words=_options("--eval --print"),
    ),
    "dotnet": _Way(valued=_options("--depsfile --runtimeconfig --additionalprobingpath --fx-version"), ends=(".dll",),
                   commands=_options("exec"), needs_ending=True),
    "mono": _Way(valued=_options("--config --assembly-loader"), ends=(".exe", ".dll")),
    "tclsh": _Way(valued=_options("-encoding"), ends=(".tcl",)),
    "julia": _Way("eE", _options("-J -L -p -t -C --project --sysimage --threads --procs"), "iqhv", ends=(".jl",)),
}  # fmt: skip
ALSO = {
    "nodejs": "node", "sh": "bash", "dash": "bash", "zsh": "bash", "ksh": "bash", "ash": "bash", "fish": "bash",
    "mksh": "bash", "pypy": "python", "jruby": "ruby", "luajit": "lua", "wish": "tclsh", "ts-node": "node",
}  # fmt: skip
NONE: frozenset[str] = frozenset()
MOST_WORDS, LONGEST_WORD = 200, 4096
"""Of a command line; what is behind is not looked at."""

STDIN = frozenset({"-", "--"})


def interpreter(comm: str) -> str:
    """Which interpreter a process of that name is, without its version; "" where it is none that is known."""
    name = VERSION.sub("", comm)
    return ALSO.get(name, name if name in WAYS else "")


def may_be_interpreted(comm: str) -> bool:
    """Whether the command line can tell more than the name."""
    return bool(interpreter(comm)) or comm in MAIN_THREADS


def named(comm: str, words: Sequence[str]) -> str:
    """The name of a process that calls itself `comm` and was called with `words`: "python3 invoice_export.py".

    Of the words it holds the base name of the script, module, class or jar alone, where that looks like the name of a file
    and not like chance; the bare name else. Whoever renamed itself is called as it wants.
    """
    kind, shown = interpreter(comm), comm
    if not kind and comm in MAIN_THREADS and words:
        shown = words[0].rsplit("/", 1)[-1]
        kind = interpreter(shown)
    if not kind:
        return harmless(comm)
    script = _script(kind, WAYS[kind], [word[:LONGEST_WORD] for word in words[1:MOST_WORDS]])
    return harmless(f"{shown} {script}" if script else shown, LONGEST)


def _script(kind: str, way: _Way, words: Sequence[str]) -> str:
    """The base name of what is run; "" where there is none, or it cannot be told."""
    at, is_sure, commands = 0, True, way.commands
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        if word in commands:
            at, commands = at + 1, NONE
        elif word in STDIN:
            return _base(kind, following) if word == "--" else ""
        elif not _is_option(way, word):
            is_allowed = not way.needs_command or not commands
            is_one = is_allowed and ((is_sure and not way.needs_ending) or word.endswith(way.ends))
            return _base(kind, word) if is_one else ""
        else:
            option = _option(way, word, following)
            if option.script is not None:
                return _base(kind, option.script)
            at, is_sure = at + 1 + option.values, is_sure and option.is_known
    return ""


class _Option(NamedTuple):
    """What one option says: what is run ("" for code), or how many words belong to it, and whether that is known."""

    script: str | None = None
    values: int = 0
    is_known: bool = True


CODE = _Option("")


def _is_option(way: _Way, word: str) -> bool:
    return word.startswith("-") or (word.startswith("+") and word in way.valued)


def _option(way: _Way, word: str, following: str) -> _Option:
    name, sign, value = word.partition("=")
    if name in way.named:
        return _Option(value if sign else following)
    if name in way.words:
        return CODE
    if word in way.valued:
        return _Option(values=1)
    if word.startswith("--"):
        return _Option(is_known=bool(sign) or way.is_closed)
    letters = word[1:]
    attached = _attached(way, letters)
    if attached is not None:
        return _Option(attached or following)
    if _is_inline(way, letters):
        return CODE
    if f"-{letters[-1:]}" in way.valued and all(letter in way.flags for letter in letters[:-1]):
        return _Option(values=1)  # as in "-euo pipefail"
    return _Option(is_known=way.is_closed or _is_known(way, word))


def _attached(way: _Way, letters: str) -> str | None:
    """What is attached to a named short option behind flags, as in "-mhttp.server" and "-Im"; None where there is none."""
    for at, letter in enumerate(letters):
        if f"-{letter}" in way.named:
            return letters[at + 1 :]
        if letter not in way.flags:
            return None
    return None


def _is_inline(way: _Way, letters: str) -> bool:
    """Whether a short option, alone or behind flags, is followed by code."""
    for letter in letters:
        if letter in way.inline:
            return True
        if letter not in way.flags:
            return False
    return False


def _is_known(way: _Way, word: str) -> bool:
    """Whether a short option is known to have no value in the next word: flags, or one whose value is attached."""
    return all(letter in way.flags for letter in word[1:]) or any(
        word.startswith(option) for option in way.valued if len(option) == 2
    )


def _base(kind: str, word: str) -> str:
    """The last part of a path, of the main class of java its own name; "" where it does not look like one."""
    base = word.rstrip("/").rsplit("/", 1)[-1]
    if kind == "java" and not base.endswith((".jar", ".java", ".war")):
        base = base.rsplit(".", 1)[-1].rsplit("$", 1)[-1]
    return base if _is_shown(base) else ""


def _is_shown(base: str) -> bool:
    if not FILE_NAME.fullmatch(base) or len(base) > LONGEST or UUID.search(base):
        return False
    return redacted([base]) == base and not any(CHANCE.fullmatch(part) for part in PARTS.split(base))
