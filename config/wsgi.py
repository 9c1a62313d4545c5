"""The door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()
# All views are loaded before the workers are forked: nobody waits for it, and they share it.
_ = get_resolver().url_patterns
