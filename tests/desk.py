"""Something to see on every page of the desk."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from bookings.models import Booking, Exchange, FeeRule, Notice, PromoCode, Review, Standby, TaxRule, WaitingRoom
from bookings.models.promos import PromoUse
from bookings.services import batches, checkout, holds, reports
from payments.books import counting, days
from payments.models import Case, CashCount, FakeCharge, Refund, SettlementFile, WebhookEvent
from payments.services import counter, invoicing, vouchers
from seatsync import allotting, announcing, blocking
from seatsync.models import (
    OWN_COUNTER,
    Channel,
    ChannelNotice,
    Conflict,
    OpeningNotice,
    ShowSeat,
    Subscription,
)
from showsewa.actors import SYSTEM, Actor, Kind
from showsewa.models import Heartbeat, User
from tests import cast


def fill(stage: cast.Stage, clerk: User) -> None:
    """A row in (nearly) every table."""
    actor, now = cast.staff_actor(clerk), timezone.now()
    sold = counter.sell(showtime_id=stage.showtime.pk, seats=["A1"], tender="CASH", actor=actor, now=now)
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["B1"], actor=cast.ASHA).booking
    buyer = checkout.Buyer(name="Asha", email="asha@example.com", phone="9800000001")
    checkout.open_payment(booking_id=held.pk, buyer=buyer, payment_method="fake", actor=cast.ASHA, now=now)
    blocking.block(showtime_id=stage.showtime.pk, seats=["C1"], reason="broken", actor=actor)
    Refund.objects.create(payment=sold.payments.get(), amount=10, reason=Refund.Reason.STAFF, actor=actor.key)
    Notice.objects.create(booking=sold, kind=Notice.Kind.CONFIRMATION, medium=Notice.Medium.EMAIL, failed_at=now)
    message = WebhookEvent.objects.create(gateway="fake", event_id="evt_1", body="{}")
    Case.objects.create(kind=Case.Kind.UNPLACED, gateway="fake", message=message)
    PromoCode.objects.create(code="SAVE20", percent=20)
    _promos(sold)
    OpeningNotice.objects.create(movie=stage.movie, city="Kathmandu", medium="EMAIL", address="a@example.com")
    Heartbeat.objects.create(job="send_notices", beaten_at=now)
    WaitingRoom.objects.create(showtime=stage.showtime, limit=50)
    Standby.objects.create(showtime=stage.showtime, owner="x", party=2, email="asha@example.com", until=now)
    Exchange.objects.create(
        booking=sold, old_showtime=stage.showtime, new_showtime=stage.showtime, old_seats=["A2"], new_seats=["A1"],
        difference=0, currency="NPR", actor="x", done_at=now,
    )  # fmt: skip
    Review.objects.create(movie=stage.movie, booking=sold, author="asha", rating=4, name="Asha")
    FeeRule.objects.create(name="Booking fee", amount=25, starts_on="2024-07-16")
    TaxRule.objects.create(name="VAT", percent=13, starts_on="2024-07-16")
    invoicing.issue_due()
    _conflict(stage, sold)
    _report(stage, now)
    _webhook(now)
    _books(sold, clerk, now)
    counter_channel = Channel.objects.get(pk=OWN_COUNTER)
    vouchers.sell(amount=Decimal(500), tender="CASH", sold_at=stage.cinema, actor=actor, now=now)
    allotting.give(showtime_id=stage.showtime.pk, channel=counter_channel, seats=["C5"], actor=actor, now=now)


def _report(stage: cast.Stage, now: datetime) -> None:
    channel = Channel.objects.get(name="Moviepass")
    actor = Actor(Kind.CHANNEL, str(channel.pk), channel_id=channel.pk, sources=("OTHER_PLATFORM",))
    line = reports.SeatUpdate("Z9", "BOOKED", "OTHER_PLATFORM", "MP-2")
    reports.apply(showtime_id=stage.showtime.pk, updates=[line], actor=actor, now=now)


def _promos(sold: Booking) -> None:
    promo = PromoCode.objects.create(code="DASHAIN", percent=20, is_single_use=True)
    batch = batches.make(promo=promo, size=2, note="", actor=SYSTEM)
    PromoUse.objects.create(promo=promo, code=batch.codes.first(), booking=sold)


def _conflict(stage: cast.Stage, sold: Booking) -> None:
    channel, _token = cast.make_channel(
        "Moviepass", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,)
    )
    Conflict.objects.create(
        seat=ShowSeat.objects.get(showtime=stage.showtime.pk, label="A1"),
        holder_claim=sold.pk,
        holder_source=sold.source,
        holder_reference=sold.reference or "",
        channel=channel,
        source="OTHER_PLATFORM",
        reference="MP-1",
    )


def _books(sold: Booking, clerk: User, now: datetime) -> None:
    cinema = sold.showtime.cinema
    CashCount.objects.create(cinema=cinema, clerk=clerk, currency="NPR", float_amount=100, opened_at=now)
    FakeCharge.objects.create(reference="ch_1", session="sess_1", amount=99, currency="NPR")
    SettlementFile.objects.create(gateway="fake", day=days.today(now), currency="NPR", name="a.csv", actor="user:1")
    counting.count(gateway="fake", day=days.today(now), now=now)


def _webhook(now: datetime) -> None:
    channel = Channel.objects.get(name="Moviepass")
    Subscription.objects.create(channel=channel, url="https://moviepass.example/hook", topics=["seat.changed"])
    ChannelNotice.objects.create(channel=channel, kind=ChannelNotice.Kind.WEBHOOK_DISABLED, due_at=now)
    announcing.number()
