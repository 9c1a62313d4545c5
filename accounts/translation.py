"""Texts of accounts that an operator writes once per language of the interface."""

from modeltranslation.translator import TranslationOptions, register

from accounts.models import Tenant, Terms


@register(Tenant)
class TenantOptions(TranslationOptions):
    """What stands at the top of every page and letter."""

    fields = ("name", "office", "tool_title", "tool_purpose")


@register(Terms)
class TermsOptions(TranslationOptions):
    """The terms of use, in every language of the authority."""

    fields = ("text",)
