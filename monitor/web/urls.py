"""URLs of the pages and of the JSON API."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, URLResolver, include, path, re_path

from monitor.web import errors, health, login
from monitor.web.alerts import forms, pages, shared
from monitor.web.api import urlpatterns as api_urls
from monitor.web.dashboard import exposition, page
from monitor.web.rules import page as rules_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", page.dashboard, name="dashboard"),
    path("alerts/", pages.listing, name="alerts"),
    path("alerts/<int:alert_id>/", pages.page, name="alert"),
    path("alerts/<int:alert_id>/parts/", pages.parts, name="alert_parts"),
    path("alerts/<int:alert_id>.json", pages.export, name="alert_json"),
    path("alerts/<int:alert_id>/acknowledge/", forms.acknowledge, name="alert_acknowledge"),
    path("alerts/<int:alert_id>/end/", forms.end, name="alert_end"),
    path("alerts/<int:alert_id>/note/", forms.note, name="alert_note"),
    path("alerts/<int:alert_id>/share/", forms.share, name="alert_share"),
    path("alerts/<int:alert_id>/revoke/", forms.revoke, name="alert_revoke"),
    path("alerts/shared/<str:token>/", shared.shared, name="alert_shared"),
    path("rules/<int:rule_id>/", rules_page.rule, name="rule"),
    path("login/", LoginView.as_view(), name="login"),
    path("login/link/", login.LogInByLink.as_view(), name="login_link"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", exposition.metrics, name="metrics"),
    path("api/v1/", include((api_urls, "api"))),
    re_path(r"^api/", errors.no_such_api),
]
