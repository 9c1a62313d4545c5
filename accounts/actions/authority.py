"""How an authority shows itself: names, colour, logo, and the texts of its public pages."""

import hashlib
import io
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from accounts.models import Membership, Tenant, TenantLogo
from accounts.translation import TenantOptions
from core import journal
from core.colours import darker
from core.errors import Refusal

LARGEST_LOGO = 1024 * 1024  # bytes
LOGO_SIDE = 512  # pixels; shown at 44, printed at 12 mm
FORMATS = ("PNG", "JPEG")
# What Pillow raises for pictures that are none, are cut off, or would fill the memory.
UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
)


def drawn_anew(content: bytes) -> bytes:
    """The picture as a square PNG of our own making: nothing else of the file is kept.

    Raises Refusal for what is no picture, or too large a one.
    """
    refusal = Refusal(_("Choose a PNG or JPEG of at most 1 MB."), field="logo")
    if len(content) > LARGEST_LOGO:
        raise refusal
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > 4000 * 4000:
                raise refusal
            small = picture.convert("RGBA")
    except UNREADABLE as error:
        raise refusal from error
    small.thumbnail((LOGO_SIDE, LOGO_SIDE))
    square = Image.new("RGBA", (max(small.size),) * 2, (255, 255, 255, 0))
    place = ((square.width - small.width) // 2, (square.height - small.height) // 2)
    square.paste(small, place)
    out = io.BytesIO()
    square.save(out, "PNG", optimize=True)
    return out.getvalue()


@transaction.atomic
def save_authority(
    *, by: Membership, form: Any, logo: bytes | None, forget_logo: bool
) -> None:
    """Saves names, languages and colour; draws the logo anew. Raises Refusal."""
    tenant: Tenant = form.save(commit=False)
    tenant.accent_strong = darker(tenant.accent)
    if logo:
        png = drawn_anew(logo)
        TenantLogo.objects.update_or_create(tenant=tenant, defaults={"png": png})
        tenant.logo_digest = hashlib.sha256(png).hexdigest()[:16]
    elif forget_logo:
        TenantLogo.objects.filter(tenant=tenant).delete()
        tenant.logo_digest = ""
    # Only what the form shows: settings or terms may have changed since it was read.
    own = [*form._meta.fields, *TenantOptions.fields]
    tenant.save(update_fields=[*own, "accent_strong", "logo_digest"])
    _note(by, "authority.changed", fields=list(form.changed_data))


@transaction.atomic
def save_texts(*, by: Membership, texts: dict[str, str]) -> None:
    """Saves support and texts: setting → text; they stand there from the next page on."""
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=by.tenant_id)
    changed = [
        name for name, text in texts.items() if tenant.settings.get(name, "") != text
    ]
    tenant.settings |= texts
    tenant.save(update_fields=["settings"])
    _note(by, "authority.texts_changed", fields=changed)


def _note(by: Membership, action: str, *, fields: list[str]) -> None:
    journal.record(
        action,
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=by.tenant,
        detail={"fields": fields},
    )
