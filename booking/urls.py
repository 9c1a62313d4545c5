"""Addresses of booking."""

from django.urls import path

from booking import views

app_name = "booking"
urlpatterns = [
    path("dates/", views.dates, name="dates"),
    path("dates/<uuid:pk>/take/", views.take, name="take"),
    path("bookings/", views.bookings, name="bookings"),
    path("bookings/<uuid:pk>/", views.booking, name="booking"),
    path("bookings/<uuid:pk>/edit/", views.edit, name="edit"),
    path("bookings/<uuid:pk>/form/", views.upload, name="upload"),
    path("bookings/<uuid:pk>/form/remove/", views.detach, name="detach"),
    path("bookings/<uuid:pk>/form/open/", views.open_form, name="form"),
    path("bookings/<uuid:pk>/confirm/", views.confirm, name="confirm"),
    path("bookings/<uuid:pk>/delete/", views.delete, name="delete"),
    path(
        "bookings/<uuid:pk>/invitation/<slug:language>/",
        views.invitation,
        name="invitation",
    ),
    path("bookings/<uuid:pk>/sheet/<slug:language>/", views.sheet, name="sheet"),
]
