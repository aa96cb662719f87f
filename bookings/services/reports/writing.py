"""Doing what was decided: seats through `inventory`, then bookings, tickets and conflicts, each in one statement."""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from bookings import policy, pricing
from bookings.models import Booking, Ticket
from bookings.services import steps
from bookings.services.reports.deciding import Claim, Plan, Seats
from bookings.services.reports.desk import ChangedHands, Desk
from seatsync import channels, conflicts, inventory
from seatsync.inventory import Step
from seatsync.models import Action, Channel, Conflict

Losses = dict[uuid.UUID, list[int]]


def write(desk: Desk, plan: Plan) -> Losses:
    """Returns the holds that lost seats to it. Caller holds the locks of the desk."""
    sales = _sales(desk, plan)
    steps = _steps(desk, plan, sales)
    losses: Losses = {}
    with inventory.several(desk.showtime.pk, steps) as changes:
        displaced = [(claim, keys) for change in changes for claim, keys in change.displaced.items()]
        end_tickets([*displaced, *((claim, [seat.id for seat in seats]) for claim, seats in plan.frees.items())])
        _write_bookings(desk, plan, sales)
        _write_conflicts(desk, plan, sales)
        for change in changes:
            if change.action == Action.REPORT:
                for claim, keys in change.displaced.items():
                    losses.setdefault(claim, []).extend(keys)
    for step, change in zip(steps, changes, strict=True):
        _take_note(desk, step, change.version)
    _fill_in(desk, plan)
    return losses


def end_tickets(gone: Iterable[tuple[uuid.UUID, Collection[int]]]) -> None:
    """End the tickets of claims that just lost these very seats, no others: anything wider would disarm the index."""
    wanted = Q()
    for claim, keys in gone:
        wanted |= Q(booking_id=claim, show_seat_id__in=keys)
    if wanted:
        Ticket.objects.filter(wanted, released_at=None).update(released_at=Now())


def _sales(desk: Desk, plan: Plan) -> dict[Claim, Booking]:
    """The booking of each claim that gets seats; new ones are not stored yet."""
    wanted = sorted({*plan.takes, *plan.moves}, key=lambda claim: (str(claim.channel_id), claim.reference))
    others = [claim for claim in wanted if claim.channel_id != desk.channel_id or claim.reference not in desk.own]
    found = {(desk.channel_id, reference): booking for reference, booking in desk.own.items()}
    if plan.moves:
        found |= _lock_heirs(desk, [claim for claim in others if claim in plan.moves])
    return {claim: found.get((claim.channel_id, claim.reference)) or _new_sale(desk, claim) for claim in wanted}


def _lock_heirs(desk: Desk, claims: Sequence[Claim]) -> dict[tuple[uuid.UUID, str], Booking]:
    """Where the heir of a seat has other seats. Without waiting: seats are locked, and bookings come before them."""
    wanted = Q()
    for claim in claims:
        wanted |= Q(channel=claim.channel_id, external_reference=claim.reference)
    if not wanted:
        return {}
    rows = Booking.objects.filter(wanted, showtime=desk.showtime, status=Booking.Status.CONFIRMED)
    there = rows.count()
    locked = list(rows.select_for_update(no_key=True, skip_locked=True).order_by("pk"))
    if len(locked) != there:
        raise ChangedHands(_("A seat changed hands just now. Please send the report again."))
    for booking in locked:
        booking.showtime = desk.showtime
        desk.bookings[booking.pk] = booking
    return {(booking.channel_id, booking.external_reference): booking for booking in locked if booking.channel_id}


def _new_sale(desk: Desk, claim: Claim) -> Booking:
    return steps.reported_sale(
        showtime=desk.showtime,
        channel_id=claim.channel_id,
        source=claim.source,
        reference=claim.reference,
        now=desk.now,
    )


def _steps(desk: Desk, plan: Plan, sales: Mapping[Claim, Booking]) -> list[Step]:
    def cause(source: str, reference: str, reason: str = "reported") -> inventory.Cause:
        return inventory.Cause(desk.actor, source, reference, reason)

    frees = [
        Step(Action.RELEASE, seats, claim, cause(sale.source, sale.external_reference))
        for claim, seats in plan.frees.items()
        for sale in [desk.bookings[claim]]
    ]
    moves = [
        Step(Action.MOVE, seats, sales[claim].pk, cause(claim.source, claim.reference, "the other sale was cancelled"))
        for claim, seats in plan.moves.items()
    ]
    takes = [
        Step(Action.REPORT, seats, sales[claim].pk, cause(claim.source, claim.reference, "reported sale"))
        for claim, seats in plan.takes.items()
    ]
    kept = [(Action.BLOCK, plan.blocks), (Action.UNBLOCK, plan.unblocks)]
    source = desk.actor.sources[0] if desk.actor.sources else ""
    return [*frees, *moves, *takes, *(Step(action, seats, None, cause(source, "")) for action, seats in kept if seats)]


def _write_bookings(desk: Desk, plan: Plan, sales: Mapping[Claim, Booking]) -> None:
    gains = [(claim, seats) for claimed in (plan.takes, plan.moves) for claim, seats in claimed.items()]
    losers = _shrink(desk, plan, growing={booking.pk for booking in sales.values()})
    factors = _factors(desk, sales)
    tickets: list[Ticket] = []
    for claim, seats in gains:
        booking, factor = sales[claim], factors[claim.channel_id]
        new = [_ticket(booking, seat, pricing.at(seat.price, factor)) for seat in seats]
        booking.seat_labels = [*booking.seat_labels, *(ticket.label for ticket in new)]
        pricing.count(booking, new)
        tickets += new
    fresh = [booking for booking in sales.values() if booking.pk not in desk.bookings]
    grown = [booking for booking in sales.values() if booking.pk in desk.bookings]
    changed = {booking.pk: booking for booking in (*losers, *grown)}
    if changed:
        fields = ["seat_labels", *pricing.SUMS, "status", "ending", "cancelled_at"]
        Booking.objects.bulk_update(changed.values(), fields)
    _insert(desk, fresh, tickets)
    for booking in fresh:
        desk.bookings[booking.pk] = booking
        if booking.channel_id == desk.channel_id:
            desk.own[booking.external_reference] = booking


def _insert(desk: Desk, sales: Sequence[Booking], tickets: Sequence[Ticket]) -> None:
    if not tickets:
        return
    row: dict[str, Any] = {
        "showtime": desk.showtime.pk,
        "currency": desk.showtime.cinema.currency,
        "policy": json.dumps(policy.snapshot(desk.showtime.cinema)),
        "now": desk.now,
        "sales": json.dumps([_as_json(sale) for sale in sales]),
        "tickets": [ticket.pk for ticket in tickets],
        "bookings": [ticket.booking_id for ticket in tickets],
        "seats": [ticket.show_seat_id for ticket in tickets],
        "labels": [ticket.label for ticket in tickets],
        "prices": [ticket.price for ticket in tickets],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)


def _as_json(sale: Booking) -> dict[str, Any]:
    return {
        "id": str(sale.pk),
        "owner": sale.owner,
        "channel": str(sale.channel_id),
        "source": sale.source,
        "reference": sale.reference,
        "external": sale.external_reference,
        "labels": sale.seat_labels,
        "total": str(sale.total),
    }


# The new bookings and all tickets in one statement, for a report of two hundred sales as for one of one.
_INSERT = """
    WITH sale AS (
        INSERT INTO bookings_booking (id, showtime_id, status, owner, channel_id, source, reference,
            external_reference, seat_labels, subtotal, discount, total, currency, refund_policy, name, email, phone,
            language, payment_method, is_extended, ending, cancel_reason, created_at, confirmed_at)
        SELECT s.id, %(showtime)s, 'CONFIRMED', s.owner, s.channel, s.source, s.reference, s.external, s.labels,
            s.total, 0, s.total, %(currency)s, %(policy)s::jsonb, '', '', '', 'en', '', false, '', '', %(now)s, %(now)s
        FROM jsonb_to_recordset(%(sales)s::jsonb) AS s (id uuid, owner text, channel uuid, source text,
            reference text, external text, labels text[], total numeric)
    )
    INSERT INTO bookings_ticket (id, booking_id, show_seat_id, label, price, discount)
    SELECT t.id, t.booking, t.seat, t.label, t.price, 0
    FROM unnest(%(tickets)s::uuid[], %(bookings)s::uuid[], %(seats)s::bigint[], %(labels)s::text[],
        %(prices)s::numeric[]) AS t (id, booking, seat, label, price)"""


def _ticket(booking: Booking, seat: inventory.LockedSeat, price: Decimal) -> Ticket:
    return Ticket(booking=booking, show_seat_id=seat.id, label=seat.label, price=price)


def _factors(desk: Desk, sales: Mapping[Claim, Booking]) -> dict[uuid.UUID, Decimal]:
    factors = {desk.channel_id: desk.actor.price_factor}
    others = {claim.channel_id for claim in sales} - {desk.channel_id}
    if others:
        factors |= {channel.pk: channels.price_factor(channel) for channel in Channel.objects.filter(pk__in=others)}
    return factors


def _shrink(desk: Desk, plan: Plan, *, growing: Collection[uuid.UUID]) -> list[Booking]:
    """The channel's own sales without the seats it has cancelled; one that has none then is cancelled."""
    gone: dict[uuid.UUID, Seats] = {claim: list(seats) for claim, seats in plan.frees.items()}
    for seats in plan.moves.values():
        for seat in seats:
            gone.setdefault(desk.holder(seat).pk, []).append(seat)
    keys = [seat.id for seats in gone.values() for seat in seats]
    rows = Ticket.objects.filter(booking__in=gone, show_seat__in=keys).order_by("pk") if gone else Ticket.objects.none()
    tickets = {(ticket.booking_id, ticket.show_seat_id): ticket for ticket in rows}
    shrunk = [desk.bookings[claim] for claim in gone]
    for booking in shrunk:
        labels = {seat.label for seat in gone[booking.pk]}
        left = [label for label in booking.seat_labels if label not in labels]
        if not left and booking.pk not in growing:
            # Its labels stay: what it was for.
            booking.status, booking.ending = Booking.Status.CANCELLED, Booking.Ending.CHANNEL
            booking.cancelled_at = desk.now
            desk.own.pop(booking.external_reference, None)  # sold under it again, it is a new sale
            continue
        booking.seat_labels = left
        pricing.count(booking, [tickets[booking.pk, seat.id] for seat in gone[booking.pk]], -1)
    return shrunk


def _write_conflicts(desk: Desk, plan: Plan, sales: Mapping[Claim, Booking]) -> None:
    Conflict.objects.bulk_create(plan.opened)
    for case in plan.reopened:
        case.status, case.winner, case.resolution, case.solved_at, case.tried_at = "OPEN", "", "", None, None
        holder = desk.bookings[desk.seats[case.seat_id].claim or case.holder_claim]
        case.holder_claim, case.holder_channel_id, case.holder_source = holder.pk, holder.channel_id, holder.source
        case.holder_reference = holder.external_reference or holder.reference or ""
        case.save(update_fields=_REOPENED)
    for case, winner in plan.closed:
        conflicts.close(
            case, resolution=Conflict.Resolution.GONE, by=desk.actor, now=desk.now, winner=winner,
            note=_("Its channel cancelled one of the two sales."),
        )  # fmt: skip
    for case, heir in plan.reheld:
        side = conflicts.Side(Conflict.Winner.HOLDER, heir.channel_id, heir.source, heir.reference)
        conflicts.note_holder(case, claim=sales[heir].pk, holder=side)


_REOPENED = (
    "status", "winner", "resolution", "solved_at", "tried_at", "holder_claim", "holder_channel", "holder_source",
    "holder_reference",
)  # fmt: skip


def _take_note(desk: Desk, step: Step, version: int) -> None:
    status = inventory.MOVES[step.action][1]
    claim = step.claim if step.action in (Action.REPORT, Action.MOVE) else None
    for seat in step.seats:
        desk.seats[seat.id] = replace(seat, status=status, claim=claim)
        desk.changed_at[seat.id] = version
    desk.version = max(desk.version, version)


def _fill_in(desk: Desk, plan: Plan) -> None:
    for result in plan.results:
        if result.seat_id is not None and result.seat_id in desk.seats:
            result.status = desk.seats[result.seat_id].status
        result.version = desk.changed_at.get(result.seat_id or 0, desk.version)
