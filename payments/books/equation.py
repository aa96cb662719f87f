"""The equation: money in = what it bought + what we keep + refunds + open cases + what vouchers are worth.

Each payment is laid out by its own rows, so that money which has no destiny shows as a difference and nothing is made
to fit. One statement, one snapshot: it holds at any moment, for what changes it is written in one transaction.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

# For each payment that was taken: back, all that is promised back of it, sent or not; bought, what of a sale that
# stands it pays (the earliest first, where several paid); kept, what the terms of its sale keep of it; cases, what
# waits for a person; waits, what waits for the rest of its booking's price; nowhere, the rest, which must be nothing.
# A sale that nobody paid is a row without a payment, and its price a difference the other way.
# A gift voucher brings money in when it is sold. What it pays for later is no money coming in, but as much less that
# vouchers are worth, by the ledger; what came back onto it, as much more. Given away, it costs us (kept, less than
# nothing); expired or cancelled, we keep it.
PIECES = """
    WITH taken AS (
        SELECT p.id, p.booking_id, p.gateway, p.currency, p.amount, p.settled_at, p.gateway_reference,
            b.status, b.ending, b.total + b.kept AS asked, b.currency = p.currency AS is_its_currency, t.cinema_id,
            coalesce(r.back, 0) AS back, coalesce(r.rejected, 0) AS rejected, p.gateway = 'voucher' AS is_voucher,
            coalesce(r.returned, 0) AS returned,
            coalesce((SELECT sum(s.amount) FROM payments_voucherentry s WHERE s.payment_id = p.id), 0) AS spent,
            EXISTS (SELECT FROM payments_case c WHERE c.payment_id = p.id AND c.refund_id IS NULL
                AND c.status = 'OPEN' AND c.kind IN ('WRONG_AMOUNT', 'UNPLACED')) AS is_case
        FROM payments_payment p JOIN bookings_booking b ON b.id = p.booking_id
        JOIN venues_showtime t ON t.id = b.showtime_id
        LEFT JOIN (
            SELECT f.payment_id, sum(f.amount) AS back, sum(e.amount) AS returned,
                sum(f.amount) FILTER (WHERE f.reason IN ('DOUBLE', 'MISMATCH', 'LATE', 'UNPAID')) AS rejected
            FROM payments_refund f LEFT JOIN payments_voucherentry e ON e.refund_id = f.id GROUP BY f.payment_id
        ) r ON r.payment_id = p.id
        WHERE p.status IN ('SUCCESS', 'REFUNDED')
    ), placed AS (
        SELECT *, amount - back AS stays, coalesce(
            sum(CASE WHEN is_case OR NOT is_its_currency THEN 0 ELSE amount - back END) OVER (
                PARTITION BY booking_id ORDER BY settled_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), 0) AS before,
            sum(CASE WHEN is_case THEN 0 ELSE amount - back END) OVER (PARTITION BY booking_id) AS together
        FROM taken
    ), laid AS (
        SELECT id, booking_id, cinema_id, gateway, currency, settled_at, gateway_reference, back - returned AS back,
            CASE WHEN is_voucher THEN 0 ELSE amount END AS money_in,
            spent + returned AS vouchers,
            CASE WHEN status = 'CONFIRMED' AND is_its_currency AND NOT is_case
                THEN greatest(least(stays, asked - before), 0) ELSE 0 END AS bought,
            CASE WHEN status = 'CANCELLED' AND ending IN ('CUSTOMER', 'STAFF') AND NOT is_case
                THEN stays ELSE 0 END AS kept,
            CASE WHEN status = 'PENDING' AND is_its_currency AND NOT is_case AND together < asked
                THEN stays ELSE 0 END AS waits,
            CASE WHEN is_case THEN stays ELSE 0 END AS cases
        FROM placed
    ), unpaid AS (
        SELECT b.id AS booking_id, t.cinema_id, b.currency, b.confirmed_at,
            b.total + b.kept - coalesce(sum(p.amount - p.rejected) FILTER (
                WHERE NOT p.is_case AND p.is_its_currency), 0) AS missing,
            coalesce(min(p.gateway) FILTER (WHERE NOT p.is_case AND p.amount > p.rejected), '') AS gateway
        FROM bookings_booking b JOIN venues_showtime t ON t.id = b.showtime_id
        LEFT JOIN taken p ON p.booking_id = b.id
        WHERE b.status = 'CONFIRMED' AND b.source IN ('SHOWSEWA', 'WALK_IN') AND b.channel_id IS NULL
        GROUP BY b.id, t.cinema_id HAVING b.total + b.kept
            > coalesce(sum(p.amount - p.rejected) FILTER (WHERE NOT p.is_case AND p.is_its_currency), 0)
    ), pieces AS (
        SELECT id AS payment_id, booking_id, NULL::uuid AS case_id, cinema_id, gateway, currency, settled_at AS at,
            gateway_reference AS reference, money_in, bought, kept, back, waits, cases, vouchers,
            money_in - bought - kept - back - waits - cases - vouchers AS nowhere
        FROM laid
        UNION ALL -- what becomes of vouchers by themselves: sold or given away, expired, cancelled
        SELECT NULL, NULL, NULL, coalesce(v.sold_at_id, v.cinema_id), i.gateway, v.currency, e.at,
            'voucher ' || v.last4, i.money_in, 0, i.money_in - e.amount, 0, 0, 0, e.amount, 0
        FROM payments_voucherentry e JOIN payments_giftvoucher v ON v.id = e.voucher_id CROSS JOIN LATERAL (
            SELECT CASE WHEN e.kind = 'ISSUE' AND v.tender <> '' THEN v.tender ELSE 'voucher' END AS gateway,
                CASE WHEN e.kind = 'ISSUE' AND v.tender <> '' THEN e.amount ELSE 0 END AS money_in
        ) i WHERE e.kind NOT IN ('SPEND', 'RETURN')
        UNION ALL
        SELECT NULL, booking_id, NULL, cinema_id, gateway, currency, confirmed_at, '', 0, missing, 0, 0, 0, 0, 0,
            -missing
        FROM unpaid
        UNION ALL -- money that came for no payment of ours: it is in, and nowhere but in its case
        SELECT NULL, NULL, id, NULL, gateway, currency, created_at, '', amount, 0, 0, 0, 0, amount, 0, 0
        FROM payments_case
        WHERE kind = 'UNPLACED' AND status = 'OPEN' AND payment_id IS NULL AND amount IS NOT NULL
    )
"""

# For the oracle: each piece that does not add up.
VIOLATIONS = (
    PIECES
    + """
    SELECT coalesce(payment_id, booking_id)::text, gateway || ': ' || money_in || ' ' || currency || ' in, bought '
        || bought || ', kept ' || kept || ', back ' || back || ', waits ' || waits || ', cases ' || cases
        || ', vouchers ' || vouchers || ': ' || nowhere || ' nowhere'
    FROM pieces WHERE nowhere <> 0"""
)

PARTS = ("money_in", "bought", "kept", "back", "waits", "cases", "vouchers", "nowhere")
_BOUNDS = """
    WHERE (%(cinemas)s::uuid[] IS NULL OR cinema_id = ANY(%(cinemas)s))
        AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
"""
_SUMS = f"""{PIECES}
    SELECT gateway, currency, {", ".join(f"sum({part})" for part in PARTS)} FROM pieces {_BOUNDS}
    GROUP BY gateway, currency ORDER BY gateway, currency"""
_ROWS = f"""{PIECES}
    SELECT r.payment_id, r.booking_id, r.case_id, r.at, r.reference, b.reference, {", ".join(f"r.{p}" for p in PARTS)}
    FROM (SELECT * FROM pieces {_BOUNDS} AND gateway = %(gateway)s AND currency = %(currency)s) r
    LEFT JOIN bookings_booking b ON b.id = r.booking_id
    WHERE CASE %(part)s {" ".join(f"WHEN '{part}' THEN r.{part}" for part in PARTS)} ELSE 1 END <> 0
    ORDER BY r.at, r.payment_id LIMIT %(most)s"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """cinema_ids: None for all, and then money that belongs to no cinema (an unplaced case) too."""

    cinema_ids: frozenset[uuid.UUID] | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def sql(self) -> dict[str, Any]:
        cinemas = None if self.cinema_ids is None else list(self.cinema_ids)
        return {"cinemas": cinemas, "since": self.since, "until": self.until}


@dataclass(frozen=True, slots=True)
class Sum:
    """One gateway and currency. nowhere is the difference: 0.00, or something is wrong."""

    gateway: str
    currency: str
    money_in: Decimal
    bought: Decimal
    kept: Decimal
    back: Decimal
    waits: Decimal
    cases: Decimal
    vouchers: Decimal
    nowhere: Decimal


@dataclass(frozen=True, slots=True)
class Piece:
    """One payment (or unpaid sale, or unplaced case) and how much of it went where."""

    payment_id: uuid.UUID | None
    booking_id: uuid.UUID | None
    case_id: uuid.UUID | None
    at: datetime
    reference: str
    booking: str | None
    money_in: Decimal
    bought: Decimal
    kept: Decimal
    back: Decimal
    waits: Decimal
    cases: Decimal
    vouchers: Decimal
    nowhere: Decimal


def sums(bounds: Bounds) -> list[Sum]:
    """One line a gateway and currency, with what was settled within the bounds and all that has become of it since."""
    return [Sum(*row) for row in _ask(_SUMS, bounds.sql)]


def rows(bounds: Bounds, *, gateway: str, currency: str, part: str = "money_in", most: int = 500) -> list[Piece]:
    """The rows one figure is the sum of, the oldest first."""
    asked = bounds.sql | {"gateway": gateway, "currency": currency, "part": part, "most": most}
    return [Piece(*row) for row in _ask(_ROWS, asked)]


def _ask(question: str, values: dict[str, Any]) -> Iterable[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())
