from django.apps import AppConfig


class InterpretingConfig(AppConfig):
    name = "interpreting"
