"""Texts of records that the operator writes in French and in German."""

from modeltranslation.translator import TranslationOptions, register

from booking.models import Place, ReferralType


@register(ReferralType)
class ReferralTypeTranslation(TranslationOptions):
    """« Envoi obligatoire » / «Obligatorische Zuweisung»."""

    fields = ("name",)


@register(Place)
class PlaceTranslation(TranslationOptions):
    """What the way there is like."""

    fields = ("room", "access_note")
