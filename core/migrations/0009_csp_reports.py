from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0008_journal_seals'),
    ]

    operations = [
        migrations.CreateModel(
            name='CspReports',
            fields=[
                ('directive', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField(default=0)),
            ],
        ),
    ]
