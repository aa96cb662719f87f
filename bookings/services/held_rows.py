"""The rows of a hold, written and changed: a booking in HELD and its tickets. Steps; the callers hold the locks."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from bookings import charges, pricing
from bookings.charges import Charges
from bookings.models import Booking, Ticket
from bookings.services import steps
from seatsync import inventory
from showsewa import ids
from showsewa.actors import Actor
from showsewa.refusals import Busy

_IS_AS_KNOWN = """WHERE %(known)s >= (
            SELECT count(*) FROM bookings_booking WHERE owner = %(owner)s::text AND status IN ('HELD', 'PENDING')
                AND expires_at > statement_timestamp()
        )"""

_INSERT = f"""
    WITH booking AS (
        INSERT INTO bookings_booking (id, showtime_id, status, owner, user_id, channel_id, source, external_reference,
            seat_labels, subtotal, discount, fee, fee_kept, tax, total, currency, refund_policy, charges,
            name, email, phone, language, payment_method, expires_at, is_extended, ending, cancel_reason, created_at)
        SELECT %(id)s::uuid, %(showtime)s::uuid, 'HELD', %(owner)s::text, %(user)s::uuid, %(channel)s::uuid,
            %(source)s, '', %(labels)s::text[], %(subtotal)s::numeric, 0, %(fee)s::numeric,
            %(fee_kept)s::numeric, %(tax)s::numeric, %(total)s::numeric, %(currency)s, '{{}}'::jsonb,
            %(charges)s::jsonb, '', '', '', %(language)s, '', %(expires_at)s::timestamptz, false, '', '',
            %(created_at)s::timestamptz
        {_IS_AS_KNOWN}
        RETURNING id
    )
    INSERT INTO bookings_ticket (id, booking_id, show_seat_id, label, price, discount, fee, fee_kept, tax)
    SELECT t.id, booking.id, t.seat, t.label, t.price, 0, t.fee, t.fee_kept, t.tax
    FROM booking, unnest(%(tickets)s::uuid[], %(seats)s::bigint[], %(labels)s::text[], %(prices)s::numeric[],
        %(fees)s::numeric[], %(fees_kept)s::numeric[], %(taxes)s::numeric[])
        AS t (id, seat, label, price, fee, fee_kept, tax)"""  # noqa: S608 - a constant of this module

# What UNSAFE may name (test settings only): let one owner's holds be made at the same time.
SKIP_TURN = "skip_turn"


def write(booking: Booking, seats: Sequence[inventory.LockedSeat], actor: Actor, *, on: Charges, known: int) -> None:
    """The new booking and its tickets in one statement: this is the hot path, and the ORM would take two.

    known: the owner's other live holds when we looked. Refuses: Busy when there is one more by now.
    """
    shares = _price(booking, seats, actor, on=on)
    row: dict[str, Any] = {
        "id": booking.pk,
        "showtime": booking.showtime_id,
        "owner": booking.owner,
        "user": booking.user_id,
        "channel": booking.channel_id,
        "source": booking.source,
        "labels": booking.seat_labels,
        "subtotal": booking.subtotal,
        "fee": booking.fee,
        "fee_kept": booking.fee_kept,
        "tax": booking.tax,
        "total": booking.total,
        "charges": json.dumps(booking.charges),
        "currency": booking.currency,
        "language": booking.language,
        "expires_at": booking.expires_at,
        "created_at": booking.created_at,
        "tickets": [ids.uuid7() for _seat in seats],
        "seats": [seat.id for seat in seats],
        "prices": [share.price for share in shares],
        "fees": [share.fee for share in shares],
        "fees_kept": [share.fee_kept for share in shares],
        "taxes": [share.tax for share in shares],
        "known": known,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.replace(_IS_AS_KNOWN, "") if SKIP_TURN in settings.UNSAFE else _INSERT, row)
        if cursor.rowcount != len(seats):
            raise Busy(_("You have just chosen other seats. Please look at them, and try again."))


def change(booking: Booking, seats: Sequence[inventory.LockedSeat], actor: Actor, *, on: Charges) -> None:
    """The hold is of these seats from now on. Its earlier tickets are gone."""
    shares = _price(booking, seats, actor, on=on)
    booking.save(update_fields=["seat_labels", *pricing.SUMS, "charges", "expires_at"])
    Ticket.objects.bulk_create(steps.ticket(booking, seat, share) for seat, share in zip(seats, shares, strict=True))


def _price(
    booking: Booking, seats: Sequence[inventory.LockedSeat], actor: Actor, *, on: Charges
) -> Sequence[pricing.Share]:
    """Put the seats, their sums and the terms of both on the booking, as the caller's channel sells it.

    Returns what each ticket carries.
    """
    shares = pricing.quote([pricing.on_channel(seat.price, actor) for seat in seats], on=on).shares
    booking.seat_labels, booking.charges = [seat.label for seat in seats], charges.as_json(on)
    pricing.count_anew(booking, shares)
    return shares
