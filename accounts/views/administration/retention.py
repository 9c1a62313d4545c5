"""How long personal data stays: lengths, what is due, runs, and legal holds (TRUST §5)."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.access import OPERATOR
from accounts.actions import privacy
from accounts.administration_forms import LengthsForm
from accounts.requests import OrganisationRequest
from core.access import allow
from core.errors import Refusal
from core.privacy import subjects
from core.tasks import wake_by_name

RUNS_SHOWN = 5


@allow(OPERATOR, methods="GET POST")
def retention(request: OrganisationRequest) -> HttpResponse:
    """Each kind with its length and the dry run's count; the last runs; the holds."""
    form = LengthsForm(request.POST or None, tenant=request.tenant)
    if request.method == "POST" and form.is_valid():
        privacy.save_lengths(by=request.membership, lengths=form.lengths())
        messages.success(request, _("Saved."))
        return redirect("accounts:retention")
    runs = request.tenant.retention_runs.select_related("asked_by")
    context: dict[str, Any] = {
        "form": form,
        "rows": form.rows(),
        "due": sum(form.due.values()),
        "runs": runs.order_by("-started_at")[:RUNS_SHOWN],
        "holds": _holds(request),
    }
    status = 422 if form.is_bound else 200
    return render(
        request, "accounts/administration/retention.html", context, status=status
    )


def _holds(request: OrganisationRequest) -> list[dict[str, Any]]:
    """The holds that stand, with the names of those whom they are about."""
    rows = list(subjects.holds(request.tenant).select_related("set_by"))
    names = subjects.names(request.tenant, {row.subject_id for row in rows})
    return [
        {"row": row, "name": names.get(row.subject_id) or _("Data erased")}
        for row in rows
    ]


@allow(OPERATOR, methods="POST")
def erase_now(request: OrganisationRequest) -> HttpResponse:
    """Erases what is due without waiting for the timetable."""
    try:
        privacy.ask_for_run(by=request.membership)
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        wake_by_name("accounts.tasks.run_asked_for")
        messages.success(request, _("The erasure has begun. Look again in a moment."))
    return redirect("accounts:retention")


@allow(OPERATOR, methods="POST")
def lift_hold(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """The data may go again when its time is over."""
    row = get_object_or_404(subjects.holds(request.tenant), pk=pk)
    privacy.lift(by=request.membership, row=row)
    messages.success(request, _("The legal hold is lifted."))
    return redirect("accounts:retention")
