"""Every URL of the site: the monitor's own and the admin."""

from django.contrib import admin
from django.urls import include, path

handler400 = "monitor.web.errors.bad_request"
handler403 = "monitor.web.errors.forbidden"
handler404 = "monitor.web.errors.not_found"
handler500 = "monitor.web.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("monitor.web.urls")),
]
