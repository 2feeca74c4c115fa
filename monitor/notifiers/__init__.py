"""One message to one receiver, by the receiver's kind. Knows no rows; what it is given are values."""

from __future__ import annotations

from importlib import import_module

from monitor.domain.delivery import Answer, Message, Target

SENDERS = {
    "webhook": "monitor.notifiers.webhook"
}  # kind -> module with send(); loaded with the first message


def deliver(target: Target, message: Message) -> Answer:
    """Send `message` to `target` and tell what the other side answered; never raises."""
    if target.kind not in SENDERS:
        return Answer(False, f"Receivers of the kind {target.kind!r} cannot be reached.", permanent=True)
    try:
        answer: Answer = import_module(SENDERS[target.kind]).send(target, message)
    except Exception as error:  # whatever a sender did not foresee is one more failed try
        return Answer(False, f"The sender failed: {type(error).__name__}.")
    return answer
