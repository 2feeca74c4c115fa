"""Every URL of the site: the monitor's own and the admin."""

from django.contrib import admin
from django.urls import include, path

handler400 = "monitor.errors.bad_request"
handler403 = "monitor.errors.forbidden"
handler404 = "monitor.errors.not_found"
handler500 = "monitor.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("monitor.urls")),
]
