"""The admin: alerts, messages and load tests to browse, rules, silences, receivers and people to edit, hosts, storage."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse_lazy

from monitor.admin import alerts, hosts, loadtests, notifications, people, receivers, rules, silences, storage

__all__ = [
    "alerts",
    "hosts",
    "loadtests",
    "notifications",
    "people",
    "receivers",
    "rules",
    "silences",
    "storage",
]

admin.site.site_header = admin.site.site_title = "loadmon"
admin.site.index_title = "Alerts, rules, receivers, hosts and people"
admin.site.site_url = reverse_lazy("dashboard")  # type: ignore[assignment]
_models_urls = admin.site.get_urls
admin.site.get_urls = lambda: [*storage.urls(), *_models_urls()]  # type: ignore[method-assign]
