"""Transport by Apprise, which knows a hundred services by URL, in a child process that is fenced in."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from django.conf import settings

from monitor.conf import BASE_DIR
from monitor.metrics.text import clipped
from monitor.notifications.domain.delivery import Answer, Message, Target
from monitor.notifications.transports.answers import TRY_AGAIN

if TYPE_CHECKING:  # it runs as a program of its own
    from monitor.notifications.transports.apprise_child import Order, Reply

TOTAL_SECONDS = 25.0
ANSWER_SECONDS = 15.0  # of the rest a busy machine takes some to load all that Apprise is
CHECK_SECONDS = 20.0
LONGEST_TEXT = 1500
FORM = re.compile(r"([A-Za-z0-9+.-]{1,40})://\S{1,1000}")
PASSED_ON = (
    "PATH", "LANG", "LC_ALL", "TZ", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY",
    "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
)  # fmt: skip
LEVELS = {"info": "info", "warning": "warning", "critical": "failure"}


def send(target: Target, message: Message) -> Answer:
    """One try, at most 25 s, then the child is killed."""
    if not FORM.fullmatch(target.address):
        return Answer(False, "This is no Apprise URL.", permanent=True)
    kind = "success" if message.is_over else LEVELS.get(message.severity, "info")
    order: Order = {
        "action": "send",
        "url": target.address,
        "title": _defused(message.subject),
        "body": _body(message),
        "kind": kind,
        "answer_seconds": ANSWER_SECONDS,
    }
    try:
        result = _run(order, TOTAL_SECONDS)
    except subprocess.TimeoutExpired:
        return Answer(False, f"No answer within {TOTAL_SECONDS:g} s.")
    if result.get("refused"):
        return Answer(False, str(result["refused"]), permanent=True)
    words = " ".join(str(line) for line in result.get("log", []))
    if result.get("delivered"):
        return Answer(True, f"Accepted by {result.get('service') or 'the service'}.")
    return Answer(
        False, words or "The service did not take it, and Apprise says nothing more.", _is_final(words)
    )


def refusal(address: str) -> str:
    """Why `address` cannot be used, as a sentence; asks Apprise, which takes a second."""
    if not FORM.fullmatch(address):
        return "Give an Apprise URL such as ntfys://ntfy.sh/topic, without spaces."
    try:
        return str(_run({"action": "check", "url": address}, CHECK_SECONDS).get("refused") or "")
    except subprocess.TimeoutExpired:
        return "Apprise did not answer in time; try again when the machine is less busy."


def shown(address: str) -> str:
    """The scheme alone: what looks like a host is the key itself with many services."""
    return f"{address.partition('://')[0].lower()}://..."


def _run(order: Order, seconds: float) -> Reply:
    order["allow_private"] = bool(settings.LOADMON_PRIVATE_RECEIVERS)
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    child = subprocess.Popen(
        [sys.executable, "-m", "monitor.notifications.transports.apprise_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=BASE_DIR,
        env=environment,
        start_new_session=True,
    )
    with child:
        try:
            said, _ = child.communicate(json.dumps(order).encode(), seconds)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # and whatever it may have started
            raise
    try:
        found: Reply | None = json.loads(said)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return {"delivered": False, "log": [f"Apprise ended with status {child.returncode} and no answer."]}
    return found


def _is_final(words: str) -> bool:
    """Whether every status that Apprise tells is one that trying again does not change."""
    codes = [int(code) for code in re.findall(r"error=([0-9]{3})\b", words)]
    return bool(codes) and all(400 <= code < 500 and code not in TRY_AGAIN for code in codes)


def _body(message: Message) -> str:
    """The text, cut in front of its last line, the link."""
    text = message.text.rstrip().removesuffix(message.link).rstrip()
    return "\n\n".join(part for part in (_defused(clipped(text, LONGEST_TEXT)), message.link) if part)


def _defused(text: str) -> str:
    """Names of processes are chosen by anybody: none may call a whole chat room, or hide a link in markup."""
    return text.replace("<", "‹").replace(">", "›").replace("@", "@\u200b").replace("](", "] (")
