"""Command lines without their secrets, as far as anybody can tell a secret by its looks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .names import harmless

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
    r"^(\s*(?:proxy-)?authorization|x-[\w-]*(?:key|token|auth)[\w-]*|cookie)\s*:.*$", re.IGNORECASE
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


def redacted(words: Sequence[str]) -> str:
    """The command line of `words` with secrets hidden, harmless to show, at most 300 characters.

    Hides too much rather than too little: a value beside a secret-like key, credentials in a URL or header, the
    forms of well-known tokens, and long words that look like chance.
    """
    program = words[0].rsplit("/", 1)[-1].lower() if words else ""
    shown: list[str] = []
    hide_next = ""
    for word in _beginning(words):
        if hide_next:
            shown.append(_user_only(word) if hide_next == "user" else HIDDEN)
            hide_next = ""
            continue
        hide_next = _next_is_secret(program, word) if shown else ""
        shown.append(_word(program, word, is_option=bool(shown)))
    return harmless(" ".join(shown), LONGEST) if shown else ""


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
    if word in TAKES_PASSWORD and program in TAKERS:
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
