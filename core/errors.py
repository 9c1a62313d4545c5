"""Refusals that a person can read."""

from django.utils.functional import Promise

Sentence = str | Promise


class Refusal(Exception):
    """An action is refused; `sentence` says why, to the person, in the person's language.

    `field` names the form field it belongs to, when there is one.
    """

    def __init__(self, sentence: Sentence, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
