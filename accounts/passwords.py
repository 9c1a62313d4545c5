"""What a password may not be, beside short or common (TRUST §2.1)."""

import os

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

CONTEXT_WORDS = (
    "perron",
    "canton",
    "commune",
    "gemeinde",
    "integration",
    "intégration",
    "reservation",
    "réservation",
    "motdepasse",
    "passwort",
    "password",
    "azerty",
    "qwertz",
)


class ContextValidator:
    """Refuses passwords made of the words anybody would try here."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError when little is left beside names and context words."""
        rest = password.lower()
        for word in [*CONTEXT_WORDS, *self.own_words(user)]:
            rest = rest.replace(word, "")
        letters = {character for character in rest if character.isalpha()}
        if len(letters) < 4:
            raise ValidationError(
                _(
                    "This password is easy to guess. Take several words that have"
                    " nothing to do with each other."
                ),
                code="password_context",
            )

    @staticmethod
    def own_words(user: User | None) -> list[str]:
        """The person's own names, as far as they are long enough to count."""
        if user is None:
            return []
        names = [
            user.username,
            user.first_name,
            user.last_name,
            user.email.split("@")[0],
        ]
        return [name.lower() for name in names if len(name) > 3]

    def get_help_text(self) -> str:
        """The rule, in words."""
        return _("At least 12 characters: several words, for example.")


class QuickTestHasher(PBKDF2PasswordHasher):
    """One round only. Refuses to work outside the tests."""

    algorithm = "quick_test"
    iterations = 1

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """The hash; raises RuntimeError unless these are the tests' settings."""
        if os.environ.get("DJANGO_SETTINGS_MODULE") != "config.settings.test":
            raise RuntimeError("QuickTestHasher is for the tests only.")
        return super().encode(password, salt, iterations)
