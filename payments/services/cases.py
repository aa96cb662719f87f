"""Cases: money that no rule of ours places. Opened here, with all that is known; `deciding` ends them."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.models import Booking
from payments import gateways
from payments.models import Case, Payment, Refund, WebhookEvent
from showsewa.actors import Actor
from showsewa.promises import Permanent
from showsewa.transactions import use_case

PERMISSION = "payments.change_case"


def open_wrong_amount(payment: Payment, *, asked: Decimal, currency: str) -> Case:
    """Another sum than was asked for: never a sale by itself. Caller holds the payment's lock and has written it."""
    detail = f"asked for {asked} {currency}, got {payment.amount} {payment.currency}"
    case, _is_new = Case.objects.get_or_create(
        kind=Case.Kind.WRONG_AMOUNT,
        payment=payment,
        refund=None,
        message=None,
        defaults={
            "gateway": payment.gateway,
            "amount": payment.amount,
            "currency": payment.currency,
            "detail": detail,
        },
    )
    return case


def open_unplaced(message: WebhookEvent, report: gateways.Report) -> Case:
    """Money for no payment of ours: we cannot even give it back. Caller holds the message's lock."""
    case, _is_new = Case.objects.get_or_create(
        kind=Case.Kind.UNPLACED,
        payment=None,
        refund=None,
        message=message,
        defaults={
            "gateway": message.gateway,
            "amount": report.amount,
            "currency": report.currency,
            "detail": f"session {report.session}, reference {report.reference or '-'}",
        },
    )
    return case


@use_case
def open_given_up(*, batch: int = 100) -> int:
    """A refund given up after its last try becomes a case; returns how many new ones that were.

    Locks: the refunds. Whoever tries one again meanwhile has it open again, and then it is none.
    """
    has_case = Case.objects.filter(refund=OuterRef("pk"), kind__in=OF_REFUNDS)
    rows = Refund.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(
        ~Exists(has_case), done_at=None, failed_at__isnull=False
    )
    given_up = list(rows.select_related("payment").order_by("pk")[:batch])
    for refund in given_up:
        Case.objects.create(
            kind=_kind(refund),
            gateway=refund.payment.gateway,
            payment=refund.payment,
            refund=refund,
            amount=refund.amount,
            currency=refund.payment.currency,
            detail=refund.last_error,
        )
    return len(given_up)


OF_REFUNDS = (Case.Kind.REFUND_BY_HAND, Case.Kind.REFUND_UNKNOWN)


def _kind(refund: Refund) -> Case.Kind:
    """A gateway that said no has sent nothing; one that fell silent may have."""
    is_no = refund.last_error.startswith(f"{Permanent.__name__}:")
    return Case.Kind.REFUND_BY_HAND if is_no else Case.Kind.REFUND_UNKNOWN


@use_case
def close_kept(*, now: datetime) -> int:
    """A refund that was tried again and has gone out ends its case."""
    rows = Case.objects.filter(status=Case.Status.OPEN, refund__done_at__isnull=False)
    return rows.update(status=Case.Status.SOLVED, resolution=Case.Resolution.REFUNDED, solved_at=now)


def waiting_too_long(*, now: datetime) -> QuerySet[Case]:
    """Wrong sums nobody decided on in time, and those nobody can accept any more: they go back by themselves."""
    ended = [Booking.Status.CONFIRMED, Booking.Status.CANCELLED, Booking.Status.REFUNDED]
    is_over = Q(payment__booking__status__in=ended) | Q(payment__booking__showtime__starts_at__lte=now)
    is_over |= Q(payment__booking__showtime__cancelled_at__isnull=False)
    is_over |= Q(created_at__lte=now - timedelta(hours=settings.CASE_HOURS))
    return Case.objects.filter(is_over, kind=Case.Kind.WRONG_AMOUNT, status=Case.Status.OPEN).order_by("pk")


def visible(actor: Actor) -> QuerySet[Case]:
    """The cases of the actor's cinemas; what belongs to no booking is for those who see all of them."""
    rows = Case.objects.all()
    if actor.cinema_ids is None:
        return rows
    return rows.filter(payment__booking__showtime__cinema__in=actor.cinema_ids)


def count_open(*, actor: Actor) -> int:
    return visible(actor).filter(status=Case.Status.OPEN).count()
