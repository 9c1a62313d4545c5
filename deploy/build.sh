#!/bin/sh
# What the image holds beside the code: translations compiled, static files collected.
# The settings ask for keys; these are drawn for the build and are nowhere afterwards.
set -eu
drawn() { python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'; }
SECRET_KEY="$(drawn)$(drawn)"
SEED_KEYS="$(drawn)"
export SECRET_KEY SEED_KEYS
export DJANGO_SETTINGS_MODULE=config.settings.production
export DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost
export EMAIL_URL=smtp://localhost EMAIL_FROM=nobody@localhost
python -m config.translations compile
python manage.py collectstatic --noinput --verbosity 0
python -m compileall -q accounts booking childcare config core counters interpreting programmes
