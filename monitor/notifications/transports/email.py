"""Transport by e-mail through Django's backend, which tells what the mail server answered in the end."""

from __future__ import annotations

import contextlib
import hashlib
import smtplib
import socket
import ssl
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email
from django.utils.encoding import punycode

from monitor.metrics.text import one_line
from monitor.notifications.domain.delivery import Answer, Message, Target
from monitor.notifications.transports.mailserver import AnsweringBackend, Replies

__all__ = ["AnsweringBackend", "addresses", "refusal", "send", "shown"]

STEP_SECONDS = 15.0
MOST_ADDRESSES = 20


class _Mime(EmailMessage):
    """What Django's backends ask of a message: bytes with the line ends that they name."""

    def as_bytes(self, unixfrom: bool = False, policy: Any = None, linesep: str = "\n") -> bytes:
        """The whole message."""
        return super().as_bytes(unixfrom, policy or self.policy.clone(linesep=linesep))


class Mail(EmailMultiAlternatives):
    """Plain text, and HTML with the chart beside it: alternative(text, related(html, png))."""

    chart: bytes = b""

    def message(self, *args: Any, **kwargs: Any) -> Any:
        """The finished message; any control character in a header is a fault, which raises ValueError."""
        mime = _Mime(policy.SMTP)
        name, sender = parseaddr(self.from_email)
        mime["Subject"], mime["From"] = self.subject, Address(name, addr_spec=_in_ascii(sender))
        mime["To"] = [Address(addr_spec=_in_ascii(one)) for one in self.to]
        for name, value in self.extra_headers.items():
            mime[name] = value
        mime.set_content(self.body)
        for html, _ in self.alternatives:
            mime.add_alternative(str(html), subtype="html")
            if self.chart:
                part: Any = mime.get_payload()[-1]  # type: ignore[index]
                part.add_related(
                    self.chart, "image", "png", cid="<chart>", filename="chart.png", disposition="inline"
                )
        return mime


def send(target: Target, message: Message) -> Answer:
    """One conversation with the mail server, at most 30 s; a message to several addresses is one mail.

    Where the server asks some of them to wait, the others have it and are not sent it again.
    """
    why = refusal(target.address)
    if why:
        return Answer(False, why, permanent=True)
    if not settings.EMAIL_HOST:
        return Answer(False, "No mail server is set: EMAIL_URL is empty.")
    told = {_in_ascii(one) for one in target.told}
    to = [one for one in map(_in_ascii, addresses(target.address)) if one not in told]
    if not to:
        return Answer(True, "Every address has it from an earlier try.")
    backend = get_connection(timeout=STEP_SECONDS)
    try:
        backend.send_messages([_mail(to, message)])
    except (smtplib.SMTPException, OSError) as error:
        return _success(backend, to) if _has_accepted(backend) else _failure(error)
    finally:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            backend.close()  # Django leaves a connection open on which the login failed
    return _success(backend, to)


def refusal(address: str) -> str:
    """Why `address` cannot be a list of e-mail addresses, as a sentence."""
    found = addresses(address)
    if not found:
        return "Give at least one e-mail address."
    if len(found) > MOST_ADDRESSES:
        return f"Give at most {MOST_ADDRESSES} e-mail addresses."
    for one in found:
        try:
            validate_email(one)
        except ValidationError:
            return f"{one_line(one, 80)} is not an e-mail address."
    return ""


def shown(address: str) -> str:
    """E-mail addresses are no secrets to those who may see receivers."""
    return ", ".join(addresses(address))


def addresses(text: str) -> list[str]:
    """The single addresses of a list by comma, semicolon or space."""
    return list(dict.fromkeys(text.replace(",", " ").replace(";", " ").split()))


def _in_ascii(address: str) -> str:
    """An address as the mail server knows it: the domain in its ASCII form, as Django writes it into the envelope."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{punycode(domain)}"
    except UnicodeError:  # no domain at all: the server says so
        return address


def _mail(to: list[str], message: Message) -> Mail:
    sender = settings.DEFAULT_FROM_EMAIL
    domain = _in_ascii(parseaddr(sender)[1]).rpartition("@")[2] or "loadmon.invalid"
    headers = {
        "Date": formatdate(localtime=True),
        "Message-ID": f"<{_digest(message.key)}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Loadmon-Key": one_line(message.key, 100),
    }
    if message.thread:
        headers["References"] = headers["In-Reply-To"] = f"<{_digest(message.thread)}@{domain}>"
    if message.severity == "critical" and message.kind in ("fired", "escalated"):
        headers["Importance"] = "high"
    subject = one_line(message.subject, 200)
    mail = Mail(subject, message.text, sender, to, headers=headers)
    mail.attach_alternative(message.html, "text/html")
    mail.chart = message.chart
    return mail


def _digest(text: str) -> str:
    return f"loadmon.{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def _has_accepted(backend: Any) -> bool:
    """Whether the server took the message over; how it says goodbye then changes nothing."""
    return bool(getattr(backend, "answer", (0, b""))[0] == 250)


def _success(backend: Any, to: list[str]) -> Answer:
    code, reply = getattr(backend, "answer", (0, b""))
    text = _told(code, reply) if code else "Handed over to the mail backend."
    refused: Replies = getattr(backend, "refused", {})
    if refused:
        text = f"{text} But refused: {_each(refused)}"
    later = [address for address, (code, _) in refused.items() if code < 500]
    return Answer(not later, text, told=tuple(one for one in to if one not in later) if later else ())


def _failure(error: Exception) -> Answer:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        permanent = all(code >= 500 for code, _ in error.recipients.values())
        return Answer(False, f"Refused: {_each(error.recipients)}", permanent)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        # Ours to mend, and it can be mended while the message waits.
        return Answer(False, f"The mail server refused our login: {_told(error.smtp_code, error.smtp_error)}")
    if isinstance(error, smtplib.SMTPResponseException) and not 200 <= error.smtp_code < 600:
        return Answer(False, "What answers at EMAIL_URL does not speak like a mail server.")
    if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError | smtplib.SMTPSenderRefused):
        # It has not seen the message yet: what it dislikes is this machine or our sender, which can be mended.
        return Answer(False, f"The mail server will not hear us: {_told(error.smtp_code, error.smtp_error)}")
    if isinstance(error, smtplib.SMTPResponseException):
        return Answer(False, _told(error.smtp_code, error.smtp_error), error.smtp_code >= 500)
    if isinstance(error, smtplib.SMTPServerDisconnected | TimeoutError):
        return Answer(False, "The mail server did not answer in time, or broke the connection.")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Answer(False, f"The mail server cannot do what EMAIL_URL asks for: {error}")
    if isinstance(error, ssl.SSLError):
        return Answer(
            False, f"No encrypted connection to the mail server: {error.reason or type(error).__name__}."
        )
    if isinstance(error, socket.gaierror):
        return Answer(False, "The name of the mail server in EMAIL_URL was not found.")
    words = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return Answer(False, f"No connection to the mail server: {words}.")


def _each(replies: Replies) -> str:
    return "; ".join(f"{address}: {_told(code, reply)}" for address, (code, reply) in replies.items())


def _told(code: int, reply: bytes | str) -> str:
    return f"{code} {reply.decode('utf-8', 'replace') if isinstance(reply, bytes) else reply}"
