"""How a case ends: given back, accepted as payment, or done by hand. One transaction each, by one person only."""

import uuid
from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from bookings.models import Booking, InvalidState
from bookings.services import checkout, holds, steps
from payments.models import Case, Payment, Refund
from payments.services import cases, refunding, settling
from seatsync import conflicts
from showsewa import promises
from showsewa.actors import SYSTEM, Actor
from showsewa.refusals import Invalid, NotFound
from showsewa.transactions import use_case

REFERENCE_LENGTH = 120
_Row = TypeVar("_Row", Payment, Refund)

_K, _R = Case.Kind, Case.Resolution

WAYS: dict[Case.Kind, frozenset[Case.Resolution]] = {
    _K.WRONG_AMOUNT: frozenset({_R.REFUNDED, _R.ACCEPTED}),
    _K.UNPLACED: frozenset({_R.BY_HAND}),
    _K.REFUND_UNKNOWN: frozenset({_R.BY_HAND}),
    _K.REFUND_BY_HAND: frozenset({_R.BY_HAND}),
    _K.SETTLEMENT: frozenset({_R.BY_HAND}),
}


@use_case
def decide(
    *,
    case_id: uuid.UUID,
    resolution: Case.Resolution,
    actor: Actor,
    now: datetime,
    note: str = "",
    reference: str = "",
) -> Case:
    """End a case. reference: of a refund made by hand, as the gateway or bank names it.

    Refuses: NotFound, AlreadySolved, Invalid, and on accepting whatever a sale refuses (SeatsUnavailable, NotOnSale,
    InvalidState). Locks: booking, payment, refund, case, seats by id.
    """
    case, booking = _lock(case_id, actor)
    if resolution not in WAYS[Case.Kind(case.kind)]:
        raise Invalid(_("This case cannot end so."))
    if resolution == _R.REFUNDED:
        _give_back(case, actor=actor, now=now)
    elif resolution == _R.ACCEPTED:
        _accept(case, booking, actor=actor, now=now)
    elif case.kind in cases.OF_REFUNDS:
        _done_by_hand(case, reference.strip(), now=now)
        note = f"{reference.strip()} {note}".strip()
    elif not note.strip():
        raise Invalid(_("Say what was done for whom."))
    case.status, case.resolution, case.solved_at = Case.Status.SOLVED, resolution, now
    case.note, case.decided_by = note.strip(), actor.key
    case.save(update_fields=["status", "resolution", "solved_at", "note", "decided_by"])
    return case


@use_case
def try_again(*, case_id: uuid.UUID, actor: Actor, now: datetime) -> None:
    """Let a refund that was given up be tried once more; the case ends when it has gone out.

    Locks: its booking, payment and refund, then the case. Refuses: NotFound, AlreadySolved, Invalid.
    """
    case, _booking = _lock(case_id, actor)
    if case.refund is None or not promises.reopen(case.refund, now=now):
        raise Invalid(_("There is no refund to try again."))


def care(*, now: datetime) -> int:
    """What time does to cases; returns how many were opened or ended."""
    return cases.open_given_up() + cases.close_kept(now=now) + give_back_waiting(now=now)


def give_back_waiting(*, now: datetime, batch: int = 100) -> int:
    """Wrong sums nobody decided on go back by themselves; returns how many that were."""
    done = 0
    for key in list(cases.waiting_too_long(now=now).values_list("pk", flat=True)[:batch]):
        try:
            decide(case_id=key, resolution=_R.REFUNDED, actor=SYSTEM, now=now, note="nobody decided in time")
            done += 1
        except conflicts.AlreadySolved:
            pass
    return done


def _lock(case_id: uuid.UUID, actor: Actor) -> tuple[Case, Booking | None]:
    """The case, still open, and the booking it is about, both locked; in the order of everybody: booking first."""
    found = cases.visible(actor).select_related("payment").filter(pk=case_id).first()
    if found is None:
        raise NotFound(_("There is no such case."))
    booking = steps.lock_booking(found.payment.booking_id) if found.payment else None
    payment = _locked(Payment, found.payment_id)
    refund = _locked(Refund, found.refund_id)
    case = Case.objects.select_for_update(no_key=True).filter(pk=case_id).order_by("pk").get()
    if case.status != Case.Status.OPEN:
        raise conflicts.AlreadySolved(_("Somebody has decided this case meanwhile."))
    case.payment, case.refund = payment, refund
    if payment is not None and booking is not None:
        payment.booking = booking
    return case, booking


def _locked(model: type[_Row], key: uuid.UUID | None) -> _Row | None:
    if key is None:
        return None
    return model._default_manager.select_for_update(no_key=True).filter(pk=key).order_by("pk").get()


def _give_back(case: Case, *, actor: Actor, now: datetime) -> None:
    assert case.payment is not None
    settling.give_back(case.payment, reason=Refund.Reason.MISMATCH, actor=actor, now=now)


def _accept(case: Case, booking: Booking | None, *, actor: Actor, now: datetime) -> None:
    """More was paid than asked: the buyer gets the seats, if they can still be had, and the rest back."""
    payment = case.payment
    assert payment is not None and booking is not None
    if not is_enough(payment, booking):
        raise Invalid(_("Less than the price, or another currency, cannot be accepted: give it back."))
    rest = payment.amount - refunding.due(booking)
    holds.check_on_sale(booking)
    if booking.status == Booking.Status.PENDING:
        checkout.confirm(booking, actor=actor, now=now)
    elif booking.showtime.starts_at > now:
        checkout.retake(booking, actor=actor, now=now)
    else:
        raise InvalidState(_("The show has begun: give the money back."), bookingStatus=booking.status)
    if rest > 0:
        refunding.promise_part(payment, rest, Refund.Reason.MISMATCH, actor=actor, note="paid more than asked", now=now)


def is_enough(payment: Payment, booking: Booking) -> bool:
    """Whether this sum may be accepted for its booking."""
    return payment.currency == booking.currency and payment.amount >= refunding.due(booking)


def _done_by_hand(case: Case, reference: str, *, now: datetime) -> None:
    refund = case.refund
    assert refund is not None and case.payment is not None
    if not reference or len(reference) > REFERENCE_LENGTH:
        raise Invalid(_("Give the reference under which the money was sent back."))
    if refund.failed_at is None:
        raise Invalid(_("This refund is being tried again right now. Look again in a minute."))
    refunding.close(refund, case.payment, reference, now=now)
