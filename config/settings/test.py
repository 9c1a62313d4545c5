"""The tests (`python3 run.py test`)."""

from config.settings.base import *

# Strong hashing is tested on its own; everywhere else it would only cost time.
PASSWORD_HASHERS = [
    "accounts.passwords.QuickTestHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_AUTOREFRESH = True

env.check()
