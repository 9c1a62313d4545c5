"""Pages of the house itself."""

from django.urls import path

from core import views

app_name = "core"
urlpatterns = [
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("legal/", views.legal, name="legal"),
]
