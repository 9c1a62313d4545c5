"""Settings common to every environment. All come from the environment (docs/operations.md)."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.env import Environment, is_loopback
from config.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = Environment()

SECRET_KEY = env.secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS", "")
# Keys of the second factors' seeds, newest first; apart from the database (DESIGN §5).
SEED_KEYS = env.keys("SEED_KEYS")
# Keys of the backups, newest first; empty: `manage.py backup` refuses.
BACKUP_KEYS = env.keys("BACKUP_KEYS", "")
BACKUP_ROOT = Path(env.text("BACKUP_ROOT", str(BASE_DIR / ".var" / "backups")))
DEBUG = False
DEMO = env.flag("DEMO")
ALLOWED_HOSTS = ["*"]  # TenantMiddleware answers 404 to a host that no tenant has.
BIND = env.text("BIND", "127.0.0.1:8000")
if DEMO and not is_loopback(BIND):
    env.mistakes.append(
        f"DEMO=1 lets anybody sign in as anybody: BIND must be a loopback address, not {BIND}."
    )
# How addresses in messages begin; the host is the tenant's own.
SCHEME = env.text("SCHEME", "http")
PORT_SUFFIX = env.text("PORT_SUFFIX", f":{BIND.rpartition(':')[2]}")

INSTALLED_APPS = [
    "modeltranslation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_countries",
    "django_htmx",
    "csp",
    "config",
    "core",
    "accounts",
    "booking",
    "counters",
    "programmes",
    "interpreting",
    "childcare",
]

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    # Outside of all that may answer early: no response goes without them.
    "csp.middleware.CSPMiddleware",
    "core.middleware.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.BodyLimitMiddleware",
    "core.middleware.ProbeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.ReportsMiddleware",
    "accounts.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "core.middleware.QueueMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.MembershipMiddleware",
    "accounts.middleware.AccessMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "core.forms.Renderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.person",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "core.templatetags.ui",
            ],
        },
    }
]

# Database ---------------------------------------------------------------------------------
_database = dj_database_url.parse(
    env.url("DATABASE_URL", {"postgres", "postgresql"}) or "postgres:///perron"
)
# The password may stand apart from the address: as a file that the container host gives.
_database["PASSWORD"] = env.text("DATABASE_PASSWORD", str(_database["PASSWORD"] or ""))
DATABASES = {
    "default": {
        **_database,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            **_database.get("OPTIONS", {}),  # ?sslmode=verify-full of the address
            "connect_timeout": 5,
            "options": "-c statement_timeout=10s -c lock_timeout=5s"
            " -c idle_in_transaction_session_timeout=60s",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Valkey and Celery: config/celery.py holds the rest -----------------------------------------
REDIS_URL = env.url("REDIS_URL", {"redis", "rediss", "unix", "redis+socket"})

# People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.TenantBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.ContextValidator"},
]
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = "perron_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "perron_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
FACTOR_COOKIE_NAME = "perron_factor"
KNOWN_BROWSER_COOKIE_NAME = "perron_browser"
# In the session, never in a cookie: a notice may name a person.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "accounts:sign_in"
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)

# Languages ----------------------------------------------------------------------------------
# Not in ISO 3166, but in many passports that lie on these desks.
COUNTRIES_OVERRIDE = {"XK": "Kosovo"}  # in French and German alike
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("de", _("German"))]
MODELTRANSLATION_DEFAULT_LANGUAGE = "fr"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("fr", "de")
LANGUAGE_COOKIE_NAME = "perron_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Zurich"

# Static files and private files -------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / ".var" / "static")))
STORAGES = {
    # Outside the web root; nothing serves it but core.uploads' and core.documents' views.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.text("FILES_ROOT", str(BASE_DIR / ".var" / "files")),
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# The request with an upload: the gate's limit of 10 MB and the form around it.
MAX_REQUEST_BYTES = 12 * 1024 * 1024

# Uploads wait for this scanner: tcp://host:3310 or unix:///path; empty: none is scanned.
CLAMAV_URL = env.url("CLAMAV_URL", {"tcp", "unix"}, "")

# Messages -------------------------------------------------------------------------------------
_email = urlsplit(env.url("EMAIL_URL", {"smtp", "smtps", "smtp+tls"}, ""))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _email.hostname or "localhost"
EMAIL_PORT = _email.port or 25
EMAIL_HOST_USER = unquote(_email.username or "")
EMAIL_HOST_PASSWORD = unquote(_email.password or "")
EMAIL_USE_TLS = _email.scheme == "smtp+tls"
EMAIL_USE_SSL = _email.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Perron <perron@localhost>")
# SMS: "console" writes to the log; "http" posts to a gateway (core/messages/sms.py).
SMS_URL = env.text("SMS_URL", "console:")
SMS_OPTIONS = {
    key: values[-1] for key, values in parse_qs(urlsplit(SMS_URL).query).items()
}

# Browser ----------------------------------------------------------------------------------------
# Where browsers report what the policy made them refuse (core/csp_reports.py).
CSP_REPORTS = "/csp-reports/"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        # Not its successor beside it: Chromium then drops this one, and told nothing in a
        # minute; all browsers know this one.
        "report-uri": [CSP_REPORTS],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING_CONFIG = None  # config/logs.py does it
# Seconds between two backups of `manage.py backup --loop`.
BACKUP_EVERY = env.number("BACKUP_EVERY", 900, least=60)
# Whether a backup that is late raises an alarm; on a machine of one's own none need be.
BACKUPS_WATCHED = False
# Who may read /metrics: whoever knows this; empty: nobody.
METRICS_TOKEN = env.secret("METRICS_TOKEN", "")

logging_settings(env.text("LOG_FORMAT", "console"))
