"""Pages of the demonstration."""

from django.urls import path

from config.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.index, name="index"),
    path("become/<str:username>/", views.become, name="become"),
]
