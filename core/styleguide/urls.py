"""Addresses of the style guide."""

from django.urls import path

from core.styleguide import views

app_name = "styleguide"
urlpatterns = [
    path("", views.sheet, name="sheet"),
    path("portal/", views.portal, name="portal"),
    path("errors/<int:status>/", views.error, name="error"),
]
