"""What the database refuses becomes a sentence: constraint → refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models

from core.errors import Refusal, Sentence


class TriggerRule(models.BaseConstraint):
    """A rule that a trigger of a migration guards; here stand its name and its sentence."""

    def __eq__(self, other: object) -> bool:
        """Whether it is the same rule with the same sentence."""
        return (
            isinstance(other, TriggerRule)
            and self.name == other.name
            and str(self.violation_error_message) == str(other.violation_error_message)
        )

    __hash__ = models.BaseConstraint.__hash__

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        """Nothing: the migration that names the rule makes the trigger."""
        return ""

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """Nothing, as above."""
        return ""

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """Nothing, as above."""
        return ""

    def validate(
        self, model: Any, instance: Any, exclude: Any = None, using: str = ""
    ) -> None:
        """Nothing: only the database sees what others do at the same moment."""


def constraint_sentences() -> dict[str, Sentence]:
    """Every named constraint of the models with the sentence it carries."""
    default = models.BaseConstraint.default_violation_error_message
    return {
        constraint.name: constraint.violation_error_message or ""
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message != default
    }


@contextmanager
def refusing_with_sentences(*, field: str | None = None) -> Iterator[None]:
    """Turns the violation of a named constraint into a `Refusal` with its sentence,
    beside the form's `field` if one is named.

    Put it outside `transaction.atomic()`: after the violation the transaction is lost.
    """
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        sentence = constraint_sentences().get(name or "")
        if sentence is None:
            raise
        raise Refusal(sentence, field=field) from error
