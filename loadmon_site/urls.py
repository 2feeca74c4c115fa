"""Every URL of the site: the monitor's own and the admin."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("monitor.urls")),
]
