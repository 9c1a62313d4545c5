"""Texts of accounts that an operator writes once per language of the interface."""

from modeltranslation.translator import TranslationOptions, register

from accounts.models import Tenant


@register(Tenant)
class TenantOptions(TranslationOptions):
    """What stands at the top of every page and letter."""

    fields = ("name", "office", "tool_title", "tool_purpose")
