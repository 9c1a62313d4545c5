"""The roles that every tenant has."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Page, area, declare

OPERATOR = declare(
    "accounts.operator",
    label=_("Operator"),
    may=_("Sets up the organisations and answers for the tool in this authority."),
    invites=("accounts.operator",),
)

area(
    _("Administration"),
    OPERATOR,
    pages=(
        Page(
            _("Organisations"),
            "accounts:organisations",
            also=("accounts:organisation", "accounts:add_organisation"),
        ),
        Page(_("The authority"), "accounts:authority"),
        Page(_("Public pages"), "accounts:texts"),
        Page(_("Personal data"), "accounts:people"),
        Page(_("Messages"), "accounts:messages"),
        Page(_("Journal"), "accounts:journal"),
        Page(_("Retention"), "accounts:retention"),
        Page(_("Terms of use"), "accounts:terms_versions"),
    ),
    last=True,
)
