"""Production: behind a proxy that speaks TLS."""

from config.logs import logging_settings
from config.settings.base import *

if DEMO:
    env.mistakes.append("DEMO=1 is for trying Perron on one's own machine only.")

# What a machine of one's own does without.
for name in ("EMAIL_URL", "EMAIL_FROM"):
    env.text(name)
# As Django asks (security.W009, W025).
for name, key in [
    ("SECRET_KEY", SECRET_KEY),
    *(("SECRET_KEY_FALLBACKS", key) for key in SECRET_KEY_FALLBACKS),
]:
    if key and (len(key) < 50 or len(set(key)) < 5):
        env.mistakes.append(f"{name} is not 50 random characters or more.")

BACKUPS_WATCHED = True

SCHEME = "https"
PORT_SUFFIX = env.text("PORT_SUFFIX", "")
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = ["^live$", "^ready$", "^metrics$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-perron_session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-perron_csrf"
FACTOR_COOKIE_NAME = "__Host-perron_factor"
KNOWN_BROWSER_COOKIE_NAME = "__Host-perron_browser"
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_NAME = "__Host-perron_language"

logging_settings(env.text("LOG_FORMAT", "json"))

env.check()
