"""A seal a day, which PostgreSQL lets nobody change either, and the index it is computed by."""

import django.contrib.postgres.indexes
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER seals_append_only
    BEFORE UPDATE OR DELETE ON core_journalseal
    FOR EACH ROW EXECUTE FUNCTION journal_refuses();
CREATE TRIGGER seals_never_emptied
    BEFORE TRUNCATE ON core_journalseal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuses();
"""
BACKWARD = """
DROP TRIGGER seals_append_only ON core_journalseal;
DROP TRIGGER seals_never_emptied ON core_journalseal;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_one_run_at_a_time_says_so'),
    ]

    operations = [
        migrations.CreateModel(
            name='JournalSeal',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('entries', models.PositiveBigIntegerField()),
                ('content', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AddIndex(
            model_name='journalentry',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['at'], name='journal_by_time'),
        ),
    ]
