"""The monitor's own URLs."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, URLResolver, include, path, re_path

from monitor import alertforms, alertpages, errors, ruleview, sharedpage, views
from monitor.api import urlpatterns as api_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.dashboard, name="dashboard"),
    path("alerts/", alertpages.listing, name="alerts"),
    path("alerts/<int:alert_id>/", alertpages.page, name="alert"),
    path("alerts/<int:alert_id>/parts/", alertpages.parts, name="alert_parts"),
    path("alerts/<int:alert_id>.json", alertpages.export, name="alert_json"),
    path("alerts/<int:alert_id>/acknowledge/", alertforms.acknowledge, name="alert_acknowledge"),
    path("alerts/<int:alert_id>/note/", alertforms.note, name="alert_note"),
    path("alerts/<int:alert_id>/share/", alertforms.share, name="alert_share"),
    path("alerts/<int:alert_id>/revoke/", alertforms.revoke, name="alert_revoke"),
    path("alerts/shared/<str:token>/", sharedpage.shared, name="alert_shared"),
    path("rules/<int:rule_id>/", ruleview.rule, name="rule"),
    path("login/", LoginView.as_view(), name="login"),
    path("login/link/", views.LogInByLink.as_view(), name="login_link"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
    path("api/v1/", include((api_urls, "api"))),
    re_path(r"^api/", errors.no_such_api),
]
