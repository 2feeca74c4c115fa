"""The monitor's own URLs."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, URLResolver, include, path, re_path

from monitor import errors, ruleview, views
from monitor.api import urlpatterns as api_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.dashboard, name="dashboard"),
    path("rules/<int:rule_id>/", ruleview.rule, name="rule"),
    path("login/", LoginView.as_view(), name="login"),
    path("login/link/", views.LogInByLink.as_view(), name="login_link"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
    path("api/v1/", include((api_urls, "api"))),
    re_path(r"^api/", errors.no_such_api),
]
