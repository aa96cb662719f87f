"""Thirty sales at once, and timers that overlap: every sale one invoice, every number once, none left out."""

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pytest
from django.db import IntegrityError
from django.utils import timezone

from bookings.models import Booking, Ticket
from payments import invoice_lines
from payments.models import Invoice, InvoiceCopy, InvoiceCounter
from payments.services import counter, invoicing
from seatsync.models import ShowSeat
from showsewa import nepali
from showsewa.models import User
from tests import cast
from tests.races.threads import at_once, winners

pytestmark = pytest.mark.slow


@pytest.fixture
def big(race_stage: cast.Stage) -> list[str]:
    """The labels of thirty free seats, in a hall of their own."""
    hall = cast.make_hall(race_stage.cinema, name="Hall 2", rows="ABC", seats=10)
    starts_at = race_stage.showtime.starts_at
    race_stage.showtime = cast.make_showtime(hall, race_stage.movie, starts_at=starts_at)
    return list(
        ShowSeat.objects.filter(showtime_id=race_stage.showtime.pk).order_by("id").values_list("label", flat=True)
    )


@pytest.fixture
def clerk(race_stage: cast.Stage) -> User:
    return cast.make_user("c@example.com", role="counter", cinemas=(race_stage.cinema,))


def test_thirty_sales_and_six_timers_at_once_leave_no_gap_and_no_twin(
    race_stage: cast.Stage, big: list[str], clerk: User
) -> None:
    actor, showtime = cast.staff_actor(clerk), race_stage.showtime.pk

    def sell(seat: str) -> object:
        now = timezone.now()
        return counter.sell(showtime_id=showtime, seats=[seat], tender="CASH", actor=actor, now=now)

    sales: list[Callable[[], object]] = [partial(sell, seat) for seat in big]
    timers: list[Callable[[], object]] = [invoicing.issue_due] * 6
    results = at_once([*sales, *timers])
    issued_later = at_once([invoicing.issue_due] * 4)

    assert len(winners(results)) == 36
    assert len(winners(issued_later)) == 4
    assert Booking.objects.filter(status="CONFIRMED").count() == 30
    assert sorted(Invoice.objects.values_list("number", flat=True)) == list(range(1, 31))
    assert Invoice.objects.values("booking").distinct().count() == 30
    assert InvoiceCounter.objects.get().last == 30


def test_eight_prints_at_once_are_one_original_and_seven_copies(race_stage: cast.Stage, clerk: User) -> None:
    actor, now = cast.staff_actor(clerk), timezone.now()
    sold = counter.sell(showtime_id=race_stage.showtime.pk, seats=["A1"], tender="CASH", actor=actor, now=now)
    invoicing.issue_due()
    invoice = Invoice.objects.get()

    prints = at_once([partial(invoicing.note_print, booking=sold, invoice_id=invoice.pk, actor=actor)] * 8)

    assert sorted(number for _paper, number in winners(prints)) == list(range(8))
    assert InvoiceCopy.objects.count() == 8


def test_without_the_counters_lock_two_timers_take_one_number_and_the_database_refuses(
    race_stage: cast.Stage, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what the lock is for, and what stands behind it."""
    actor, now = cast.staff_actor(clerk), timezone.now()
    counter.sell(showtime_id=race_stage.showtime.pk, seats=["A1"], tender="CASH", actor=actor, now=now)
    both_have_read = threading.Barrier(2)

    def unlocked(cinema_id: uuid.UUID, fiscal_year: str, kind: Invoice.Kind) -> InvoiceCounter:
        found, _is_new = InvoiceCounter.objects.get_or_create(cinema_id=cinema_id, fiscal_year=fiscal_year, kind=kind)
        return found

    read = invoice_lines.tickets_of

    def meet(bookings: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Ticket]]:
        both_have_read.wait(20)
        return read(bookings)

    InvoiceCounter.objects.create(
        cinema=race_stage.cinema, fiscal_year=nepali.fiscal_year(nepali.day_of(now, "Asia/Kathmandu")), kind="INVOICE"
    )
    monkeypatch.setattr(invoicing, "_lock_counter", unlocked)
    monkeypatch.setattr(invoice_lines, "tickets_of", meet)

    results = at_once([invoicing.issue_due] * 2)

    assert [type(result) for result in results if isinstance(result, Exception)] == [IntegrityError]
    assert Invoice.objects.count() == 1
