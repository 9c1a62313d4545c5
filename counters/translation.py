"""Texts of records that the operator writes in French and in German."""

from modeltranslation.translator import TranslationOptions, register

from counters.models import AppointmentType, TownPlace


@register(AppointmentType)
class AppointmentTypeTranslation(TranslationOptions):
    """« Carte d'identité » / «Identitätskarte»."""

    fields = ("name", "description", "bring", "confirmation")


@register(TownPlace)
class TownPlaceTranslation(TranslationOptions):
    """How one gets in."""

    fields = ("access_note",)
