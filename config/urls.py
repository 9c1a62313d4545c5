"""All addresses of the house."""

from django.conf import settings
from django.urls import include, path

from accounts.views import reports, tenant
from accounts.views.administration import authority

urlpatterns = [
    path("", include("core.urls")),
    path("theme.css", tenant.theme, name="theme"),
    path("logo/<slug:digest>.png", authority.logo, name="logo"),
    path(settings.CSP_REPORTS.lstrip("/"), reports.csp, name="csp_reports"),
    path("language/", tenant.language, name="language"),
    path("", include("accounts.urls")),
    path("booking/", include("booking.urls")),
    path("counters/", include("counters.urls")),
]

if settings.DEMO:
    urlpatterns += [
        path("styleguide/", include("core.styleguide.urls")),
        path("demo/", include("config.demo.urls")),
    ]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
