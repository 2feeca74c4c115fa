"""Message that a person can act on, from facts about an alert: subject, plain text, HTML, JSON."""

from __future__ import annotations

from monitor.metrics.text import one_line
from monitor.notifications.domain.delivery import Message
from monitor.notifications.messages.facts import Facts
from monitor.notifications.messages.html import page
from monitor.notifications.messages.paragraphs import Paragraphs, paragraphs
from monitor.notifications.messages.payload import payload
from monitor.notifications.messages.subject import subject


def message(facts: Facts, chart: bytes = b"") -> Message:
    """The message about `facts`; `chart` is a PNG that the HTML shows inline."""
    line, parts = subject(facts), paragraphs(facts)
    return Message(
        key=facts.key,
        kind=facts.kind,
        severity=facts.severity,
        subject=line,
        text=plain(parts, facts.link),
        html=page(line, parts, facts.link, has_chart=bool(chart)),
        chart=chart,
        link=facts.link,
        payload=payload(facts, line),
        thread=f"alert-{facts.alert_id}",
        is_over=facts.is_over,
    )


def test_message(key: str, receiver: str, host: str, link: str) -> Message:
    """What "send a test" sends: it says that it is one, and asks nothing of whoever reads it."""
    line = f"[test] {one_line(host, 60)}: loadmon reaches you"
    text = f"This is a test of the receiver {one_line(receiver, 80)}. Nothing is wrong, and nothing has to be done."
    parts = Paragraphs("", text, "", False, (), (), "", "", (), "")
    return Message(
        key=key,
        kind="test",
        severity="info",
        is_over=True,
        subject=line,
        text=plain(parts, link),
        html=page(line, parts, link),
        link=link,
        payload={"version": 1, "type": "test", "key": key, "subject": line, "text": text, "link": link},
    )


def plain(parts: Paragraphs, link: str) -> str:
    """The message as plain text, lines ended by a single newline."""
    blocks = [parts.drill, parts.happened, parts.explanation]
    blocks.append(_listed("Who was busy:" if parts.is_over else "Who is busy:", parts.culprits))
    blocks.append(_listed("Who waited:" if parts.is_over else "Who waits:", parts.waiting))
    blocks.append(f"Pressure: {parts.pressure}." if parts.pressure else "")
    blocks.append(parts.advice)
    blocks.append(f"Note: {parts.note}" if parts.note else "")
    blocks.append("\n".join(f"{name + ':':<15}{value}" for name, value in parts.numbers))
    blocks.append(link)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _listed(title: str, rows: tuple[str, ...]) -> str:
    return "\n".join([title, *(f"- {row}" for row in rows)]) if rows else ""
