"""Command lines without their secrets, as far as anybody can tell a secret by its looks."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from monitor.metrics.text import harmless

LONGEST = 300
HIDDEN = "[hidden]"

TELLTALE = (
    r"(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|auth|credential"
    r"|cookie|session[-_.]?id|bearer|signature|sig|salt|otp|pin|dsn)s?"
)
KEY = re.compile(rf"(?:^|[-_.:/?&;,{{\"'A-Za-z0-9]){TELLTALE}$|^{TELLTALE}$|^(?:pw|key|psk)$", re.IGNORECASE)
PAIR = re.compile(r"([^\s=:&?;,\"'{}]{1,80})([\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s&;,\"'}]+)")
CREDENTIALS = re.compile(r"([a-z][a-z0-9+.-]{0,20}://)[^/\s@]*@", re.IGNORECASE)
HEADER = re.compile(
    r"^(\s*(?:proxy-)?authorization|x-[\w-]*(?:key|token|auth)[\w-]*|cookie)\s*:(?=.*\S).*$", re.IGNORECASE
)
SCHEME = re.compile(r"\b(bearer|basic|negotiate|digest)\s+\S+", re.IGNORECASE)
KNOWN = re.compile(
    r"\b(?:gh[pousr]_\w{16,}|github_pat_\w+|glpat-[\w-]{16,}|xox[a-z]-[\w-]+|sk-[\w-]{16,}|[sr]k_(?:live|test)_\w+"
    r"|AKIA[0-9A-Z]{12,}|ASIA[0-9A-Z]{12,}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]{4,}[\w.-]*|-----BEGIN[^-]*PRIVATE KEY.*)"
)
RANDOM = re.compile(r"(?<![\w/.+-])(?=[\w+=-]*[0-9])(?=[\w+=-]*[a-zA-Z])[\w+-]{32,}={0,2}(?![\w/.])")
ATTACHED = re.compile(r"^(-[pw])(?=.)")
"""Programs that take a password stuck to this option."""

ATTACHES = frozenset({
    "mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlcheck", "mysqlshow", "mysqlpump", "mariadb",
    "mariadb-dump", "mariadb-admin", "sshpass", "smbclient", "rpcclient",
})  # fmt: skip
USER_AND_PASSWORD = frozenset({"-u", "--user", "--proxy-user", "-U", "--http-user"})
TAKES_PASSWORD = frozenset({"-p", "-P", "-pw", "-a", "-w", "--pass"})
TAKERS = frozenset({*ATTACHES, "redis-cli", "ldapsearch", "ldapmodify", "mongo", "mongosh", "mongodump", "plink", "pscp",
                    "htpasswd", "expect", "unzip", "zip", "7z", "docker", "podman", "psql", "ipmitool"})  # fmt: skip
OWN_OPTIONS = {"openssl": frozenset({"-k", "-K"})}
"""Options before a password that mean something else to most programs."""

PROGRAMS = frozenset({*TAKERS, *OWN_OPTIONS})
SPACE = re.compile(r"\s")
DEEPEST = 5
BEFORE_A_NAME = re.compile(r"[/=(`;&|{]")


def redacted(words: Sequence[str]) -> str:
    """The command line of `words` with secrets hidden, harmless to show, at most 300 characters.

    Hides too much rather than too little: a value beside a secret-like key, credentials in a URL or header, the
    forms of well-known tokens, and long words that look like chance. A word of several words is a command in itself,
    as `sh -c`, `ssh` and `watch` take them.
    """
    shown = _shown(_beginning(words))
    return harmless(" ".join(shown), LONGEST) if shown else ""


def _shown(words: Iterable[str], depth: int = 0) -> list[str]:
    """Each word without its secrets. The newest word that names a known program says what options mean.

    So what stands before it, such as sudo, env or timeout with options of their own, need not be understood.
    """
    program, hide_next = "", ""
    shown: list[str] = []
    for word in words:
        if hide_next:
            shown.append(_user_only(word) if hide_next == "user" else HIDDEN)
            hide_next = ""
            continue
        hide_next = _next_is_secret(program, word) if shown else ""
        shown.append(_command(_word(program, word, is_option=bool(shown)), depth))
        program = _program(word) or program
    return shown


def _program(word: str) -> str:
    """The known program that `word` names, as in "/usr/bin/mysql" or "x=$(mysql"; "" where it names none."""
    name = BEFORE_A_NAME.split(word)[-1].lower()
    return name if name in PROGRAMS else ""


def _command(word: str, depth: int) -> str:
    """`word` as it is, unless it is a whole command that holds secrets; of one too deep in others nothing is told."""
    parts = _parts(word) if SPACE.search(word) else []
    if len(parts) < 2:
        return word
    if depth == DEEPEST:
        return HIDDEN
    shown = " ".join(_shown(parts, depth + 1))
    return shown if shown.count(HIDDEN) > word.count(HIDDEN) else word


def _parts(word: str) -> list[str]:
    """The words of a command as a shell sees them; what is cut off inside quotes ends there."""
    for quote in ("", '"', "'"):
        with contextlib.suppress(ValueError):
            return shlex.split(word + quote)
    return word.split()


def _beginning(words: Sequence[str]) -> Iterator[str]:
    """The words that can be shown, none of them longer than all of it: whoever chose them may not choose the cost."""
    length = 0
    for word in words:
        yield word[: LONGEST + 1]
        length += len(word) + 1
        if length > LONGEST:
            return


def _next_is_secret(program: str, word: str) -> str:
    """Whether the word after `word` is a secret: "all" of it, what follows the "user", or ""."""
    if word in USER_AND_PASSWORD:
        return "user"
    if word in OWN_OPTIONS.get(program, ()) or (word in TAKES_PASSWORD and program in TAKERS):
        return "all"
    return "all" if word.startswith("-") and "=" not in word and KEY.search(word.lstrip("-")) else ""


def _word(program: str, word: str, is_option: bool) -> str:
    if is_option and program in ATTACHES and ATTACHED.match(word):
        return ATTACHED.sub(rf"\1{HIDDEN}", word)[: 2 + len(HIDDEN)]
    word = CREDENTIALS.sub(rf"\1{HIDDEN}@", word)
    word = HEADER.sub(rf"\1: {HIDDEN}", word)
    word = SCHEME.sub(rf"\1 {HIDDEN}", word)
    word = PAIR.sub(_pair, word)
    word = KNOWN.sub(HIDDEN, word)
    return RANDOM.sub(HIDDEN, word)


def _pair(found: re.Match[str]) -> str:
    key, sign, _ = found.groups()
    return f"{key}{sign}{HIDDEN}" if KEY.search(key.lstrip("-")) else found[0]


def _user_only(word: str) -> str:
    user, colon, _ = word.partition(":")
    return f"{user}:{HIDDEN}" if colon else word
