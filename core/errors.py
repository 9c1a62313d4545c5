"""Refusals that a person can read."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class Refusal(Exception):
    """An action is refused; `sentence` says why, to the person, in the person's language.

    `field` names the form field it belongs to, when there is one.
    """

    def __init__(self, sentence: Sentence, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotPossible(Refusal):
    """The state no longer allows this: a colleague, or time, was faster than the page."""

    def __init__(self) -> None:
        super().__init__(_("This is no longer possible: look at the present state."))
