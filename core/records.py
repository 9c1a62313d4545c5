"""What an operator keeps: kinds of records, each with its form and its list.

An app names its kinds and its screens; the pages are `templates/core/record*.html`.
"""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core import journal
from core.db import refusing_with_sentences
from core.errors import Refusal, Sentence
from core.forms import KitModelForm

PER_PAGE = 50


class RecordForm(KitModelForm):
    """A record of the tenant."""

    def __init__(self, *args: Any, tenant: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        self.instance.tenant = tenant


@dataclass(frozen=True)
class Kind:
    """One kind of record: what it is called, its form, how it is listed.

    `app` is the namespace of the screens that show it.
    """

    app: str
    key: str
    title: Sentence
    add: Sentence
    form: type[RecordForm]
    order: tuple[str, ...]
    joins: tuple[str, ...] = ()

    def rows(self, tenant: Any) -> Any:
        """The tenant's records of this kind, in order."""
        rows = self.form._meta.model.objects.of(tenant).select_related(*self.joins)
        return rows.order_by(*self.order, "pk")


def save(*, app: str, by: Any, form: Any) -> models.Model:
    """Saves what the form holds. Raises Refusal where a rule of the database is against it."""
    with refusing_with_sentences(), transaction.atomic():
        record: models.Model = form.save()
    journal.record(
        f"{app}.record_saved",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=record,
        detail={"fields": list(form.changed_data)},
    )
    return record


@transaction.atomic
def delete(*, app: str, by: Any, record: Any) -> None:
    """Deletes a record that nothing refers to. Raises Refusal."""
    journal.record(
        f"{app}.record_deleted",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=record,
    )
    try:
        with transaction.atomic():
            record.delete()
    except models.ProtectedError as error:
        raise Refusal(_("It is in use, so it cannot be deleted.")) from error


def kind_of(kinds: dict[str, Kind], key: str) -> Kind:
    """The kind of this key; Http404 for none."""
    if key not in kinds:
        raise Http404
    return kinds[key]


def list_page(request: Any, kinds: dict[str, Kind], key: str) -> HttpResponse:
    """The records of one kind, fifty a page."""
    kind = kind_of(kinds, key)
    page = Paginator(kind.rows(request.tenant), PER_PAGE)
    context = {
        "kind": kind,
        "kinds": kinds.values(),
        "page": page.get_page(request.GET.get("page")),
    }
    return render(request, "core/records.html", context)
