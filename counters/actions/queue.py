"""Arrived, called, served: today's queue of a place (CTR-041)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from core import journal
from core.dates import now, today
from core.errors import Refusal
from counters.actions.history import change_state
from counters.models import Appointment, AppointmentType, Counter, TownPlace, Visit
from counters.states import MAY_FOLLOW_VISIT, AppointmentState, VisitState


class NotInTheQueue(Refusal):
    """A colleague was faster, or this is over."""

    def __init__(self) -> None:
        super().__init__(_("This number was called or closed meanwhile."))


@transaction.atomic
def arrive(*, by: Membership, appointment: Appointment) -> Visit:
    """Somebody with an appointment of today is here. Said twice, it is one visit."""
    row = Appointment.objects.select_for_update(no_key=True).get(pk=appointment.pk)
    here = today(by.tenant.zone)
    if row.starts_at.astimezone(by.tenant.zone).date() != here:
        raise Refusal(_("This appointment is not today."))
    known: Visit | None = Visit.objects.filter(appointment=row).first()
    if known:
        return known
    if row.state != AppointmentState.PLANNED:
        raise Refusal(_("This appointment is not planned."))
    return _enter(by, row.counter.place, row.type, appointment=row)


@transaction.atomic
def walk_in(*, by: Membership, place: TownPlace, type_: AppointmentType) -> Visit:
    """Somebody without an appointment gets a number."""
    return _enter(by, place, type_)


def _enter(
    by: Membership,
    place: TownPlace,
    type_: AppointmentType,
    appointment: Appointment | None = None,
) -> Visit:
    """The next number of the place and day; its row is the lock that counts them."""
    TownPlace.objects.select_for_update(no_key=True).get(pk=place.pk)
    day = today(by.tenant.zone)
    last = Visit.objects.filter(place=place, day=day).order_by("-number").first()
    visit: Visit = Visit.objects.create(
        tenant=by.tenant,
        place=place,
        type=type_,
        appointment=appointment,
        day=day,
        number=last.number + 1 if last else 1,
    )
    _noted(by, visit, "arrived")
    return visit


@transaction.atomic
def call_next(*, by: Membership, counter: Counter) -> Visit | None:
    """Who is next for this counter's type; who was at it until now is served. None: nobody.

    Two counters that call at once get two different people.
    """
    _serve_whoever_is_at(by, counter)
    visit = (
        Visit.objects.in_turn()
        .filter(place=counter.place, type=counter.type, day=today(by.tenant.zone))
        .select_for_update(no_key=True, of=("self",), skip_locked=True)
        .first()
    )
    if visit:
        _called(by, visit, counter)
    return visit


@transaction.atomic
def call(*, by: Membership, visit: Visit, counter: Counter) -> None:
    """This one, out of turn or once more. Raises NotInTheQueue."""
    row = _locked(visit, VisitState.CALLED)
    if row.state == VisitState.WAITING:
        _serve_whoever_is_at(by, counter)
    elif row.counter_id != counter.pk:
        raise NotInTheQueue
    _called(by, row, counter)


@transaction.atomic
def put_back(*, by: Membership, visit: Visit) -> None:
    """Waits again, in the old place of the queue. Raises NotInTheQueue."""
    row = _locked(visit, VisitState.WAITING)
    row.state, row.counter, row.called_at, row.ended_at = (
        VisitState.WAITING,
        None,
        None,
        None,
    )
    row.save()
    _noted(by, row, "put_back")


@transaction.atomic
def end(*, by: Membership, visit: Visit, served: bool) -> None:
    """Served, or gone without having been. Raises NotInTheQueue.

    The appointment of somebody served is carried out; that of somebody gone stays as it
    is, for an agent to decide.
    """
    _ended(by, _locked(visit, VisitState.DONE if served else VisitState.GONE), served)


def _serve_whoever_is_at(by: Membership, counter: Counter) -> None:
    Counter.objects.select_for_update(no_key=True).get(pk=counter.pk)
    present = Visit.objects.select_for_update(no_key=True).filter(
        counter=counter, state=VisitState.CALLED
    )
    for visit in present:
        _ended(by, visit, served=True)


def _called(by: Membership, visit: Visit, counter: Counter) -> None:
    visit.state, visit.counter, visit.called_at = VisitState.CALLED, counter, now()
    visit.save()
    _noted(by, visit, "called")


def _ended(by: Membership, visit: Visit, served: bool) -> None:
    visit.state = VisitState.DONE if served else VisitState.GONE
    visit.ended_at = now()
    visit.save()
    _noted(by, visit, "served" if served else "gone")
    if not served or visit.appointment_id is None:
        return
    row = Appointment.objects.select_for_update(no_key=True).get(
        pk=visit.appointment_id
    )
    if row.state == AppointmentState.PLANNED:
        change_state(row, AppointmentState.DONE, by=by.user, what="done")
        row.save(update_fields=["state"])


def _locked(visit: Visit, to: VisitState) -> Visit:
    row: Visit = Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
    if to not in MAY_FOLLOW_VISIT[VisitState(row.state)]:
        raise NotInTheQueue
    return row


def _noted(by: Membership, visit: Visit, what: str) -> None:
    journal.record(
        f"counters.visit_{what}",
        tenant_id=visit.tenant_id,
        actor_id=by.user_id,
        subject=visit,
    )
