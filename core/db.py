"""What the database refuses becomes a sentence: constraint → refusal."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import IntegrityError, models

from core.errors import Refusal, Sentence


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
