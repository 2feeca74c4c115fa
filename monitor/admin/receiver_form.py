"""The form that receivers are written in: a saved address is kept by leaving it empty, and never shown again."""

from __future__ import annotations

from typing import Any

from django import forms

from monitor.notifications import transports
from monitor.notifications.models import Receiver, ReceiverKind

LONGEST_REPEAT_HOURS = 168.0
ADDRESS_HELP = (
    "E-mail: addresses by comma. Webhook: an https:// URL. Apprise: a URL such as ntfys://ntfy.sh/topic. "
    "A URL is not shown again once it is saved."
)


class ReceiverForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of a receiver; an empty address keeps the stored one."""

    address = forms.CharField(
        required=False, max_length=1000, help_text=ADDRESS_HELP,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    why_refused = ""  # set by the admin, see ReceiverAdmin.changeform_view

    class Meta:
        model = Receiver
        fields = (
            "name",
            "kind",
            "address",
            "minimum_severity",
            "only_chosen_rules",
            "rules",
            "wants_drills",
            "repeat_hours",
            "enabled",
        )
        widgets = {"rules": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored: Receiver = self.instance
        if "address" in self.fields and stored.pk:
            self.initial["address"] = stored.address if stored.kind == ReceiverKind.EMAIL else ""
            if stored.kind != ReceiverKind.EMAIL:
                shown = transports.shown(stored.kind, stored.address)
                self.fields["address"].help_text = f"Stored: {shown} Empty keeps it. {ADDRESS_HELP}"

    def clean(self) -> dict[str, Any]:
        """Refuse an address that cannot work, rules that are none, and hours that make no sense.

        A dict because that is what a form of Django cleans.
        """
        found: dict[str, Any] = super().clean() or {}
        if "address" in found and "kind" in found:
            self._clean_address(found)
        self._clean_rules(found)
        hours = found.get("repeat_hours")
        if hours is not None and not 0 <= hours <= LONGEST_REPEAT_HOURS:
            self.add_error("repeat_hours", f"Give 0 (never) to {LONGEST_REPEAT_HOURS:g} hours.")
        return found

    def _clean_rules(self, found: dict[str, Any]) -> None:
        """Ticked rules limit it; a limit to none must be meant otherwise."""
        if found.get("rules"):
            found["only_chosen_rules"] = True
        elif found.get("only_chosen_rules"):
            self.add_error("rules", "Choose the rules, or untick the field above for every rule.")

    def _clean_address(self, found: dict[str, Any]) -> None:
        stored: Receiver = self.instance
        if found["address"]:
            if self.why_refused:
                self.add_error("address", self.why_refused)
        elif stored.pk and found["kind"] == self.initial.get("kind"):
            found["address"] = stored.address
        else:
            self.add_error("address", "Give an address: there is none yet for this kind.")
