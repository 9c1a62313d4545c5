"""Production: behind a proxy that speaks TLS."""

from config.settings.base import *

if DEMO:
    env.mistakes.append("DEMO=1 is for trying Perron on one's own machine only.")

SCHEME = "https"
PORT_SUFFIX = env.text("PORT_SUFFIX", "")
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = ["^live$", "^ready$"]
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

env.check()
