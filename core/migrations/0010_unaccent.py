"""Searches and lists of names without regard to accents (`core.search`)."""

from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0009_csp_reports")]

    operations = [UnaccentExtension()]
