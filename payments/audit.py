"""The oracle: what must always be true of all tables together, asked in one snapshot. No rows, no violation.

After RELIABILITY B, in the words of our tables. It sits on the highest core, the only one that sees all of it.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from payments import invoice_rules
from payments.books import equation


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    subject: str
    detail: str


# A row late by less than this is work in progress, not a broken promise.
OVERDUE = "interval '120 seconds'"

# Beyond the hours in which a person may decide on a wrong sum; other cases have nobody but people, so thrice as long.
_CASE_AGE = f"make_interval(hours => 1) * {settings.CASE_HOURS}"

# A sum a person still has to decide on is no booking's money yet.
_IS_CASE = """EXISTS (SELECT FROM payments_case k
    WHERE k.payment_id = p.id AND k.kind = 'WRONG_AMOUNT' AND k.status = 'OPEN')"""

# What of a booking's price is paid, where a part waits for the rest.
_PAID_SO_FAR = """(SELECT coalesce(sum(q.amount), 0) FROM payments_payment q
    WHERE q.booking_id = b.id AND q.status = 'SUCCESS' AND q.currency = b.currency)"""

_RULES = {
    "I1 a seat has two live tickets": """
        SELECT show_seat_id::text, string_agg(booking_id::text, ' ') FROM bookings_ticket
        WHERE released_at IS NULL GROUP BY show_seat_id HAVING count(*) > 1""",
    "I2 a seat and its ticket disagree": """
        SELECT s.id::text, s.label || ' is ' || s.status || ' for ' || coalesce(s.claim::text, '-')
            || ', ticket of ' || coalesce(t.booking_id::text, '-')
        FROM seatsync_showseat s
        FULL JOIN (SELECT * FROM bookings_ticket WHERE released_at IS NULL) t ON t.show_seat_id = s.id
        WHERE s.claim IS DISTINCT FROM t.booking_id""",
    "I3 a sale has not the seats it names": """
        SELECT b.id::text, b.status || ' names ' || cardinality(b.seat_labels) || ', has ' || count(t.id)
        FROM bookings_booking b LEFT JOIN bookings_ticket t ON t.booking_id = b.id AND t.released_at IS NULL
        WHERE b.status = 'CONFIRMED' GROUP BY b.id
        HAVING count(t.id) = 0 OR count(t.id) <> cardinality(b.seat_labels)""",
    "I3 a sale's seat is not booked": """
        SELECT b.id::text, s.label || ' is ' || s.status FROM bookings_booking b
        JOIN bookings_ticket t ON t.booking_id = b.id AND t.released_at IS NULL
        JOIN seatsync_showseat s ON s.id = t.show_seat_id
        WHERE (b.status = 'CONFIRMED') <> (s.status = 'BOOKED')""",
    "I3 an ended booking keeps a seat": """
        SELECT b.id::text, b.status || ' keeps ' || t.label FROM bookings_booking b
        JOIN bookings_ticket t ON t.booking_id = b.id AND t.released_at IS NULL
        WHERE b.status IN ('EXPIRED', 'CANCELLED', 'REFUNDED')""",
    "I4 a sale is not the sum of its tickets": """
        SELECT b.id::text, b.total || ' is not ' || coalesce(sum(t.price - t.discount + t.fee + t.tax), 0)
        FROM bookings_booking b LEFT JOIN bookings_ticket t ON t.booking_id = b.id AND t.released_at IS NULL
        WHERE b.status = 'CONFIRMED' GROUP BY b.id
        HAVING (b.total, b.fee, b.tax, b.fee_kept) <> (coalesce(sum(t.price - t.discount + t.fee + t.tax), 0),
            coalesce(sum(t.fee), 0), coalesce(sum(t.tax), 0), coalesce(sum(t.fee_kept), 0))""",
    "I5 a sale of ours is not paid": """
        SELECT b.id::text, b.total || ' asked, ' || coalesce(sum(p.amount), 0) || ' paid' FROM bookings_booking b
        LEFT JOIN payments_payment p
            ON p.booking_id = b.id AND p.status IN ('SUCCESS', 'REFUNDED') AND p.currency = b.currency
        WHERE b.status = 'CONFIRMED' AND b.source IN ('SHOWSEWA', 'WALK_IN') AND b.channel_id IS NULL
        GROUP BY b.id HAVING coalesce(sum(p.amount), 0) < b.total""",
    "I6 money without a destiny": f"""
        SELECT p.id::text, p.amount || ' for a booking that is ' || b.status
        FROM payments_payment p JOIN bookings_booking b ON b.id = p.booking_id
        WHERE p.status IN ('SUCCESS', 'REFUNDED') AND b.status NOT IN ('CONFIRMED', 'CANCELLED', 'REFUNDED')
            AND p.amount > (SELECT coalesce(sum(r.amount), 0) FROM payments_refund r WHERE r.payment_id = p.id)
            AND NOT {_IS_CASE} AND NOT (b.status = 'PENDING' AND b.total > {_PAID_SO_FAR})""",
    "I16 a voucher is worth less than nothing": """
        SELECT voucher_id::text, sum(amount)::text FROM payments_voucherentry
        GROUP BY voucher_id HAVING sum(amount) < 0""",
    # That its payments are in the ledger, to the paisa, the equation shows.
    "I16 a voucher's refund is not in its ledger": """
        SELECT r.id::text, r.amount || ', ' || coalesce(e.amount::text, 'nothing') || ' came back'
        FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id AND p.gateway = 'voucher'
        LEFT JOIN payments_voucherentry e ON e.refund_id = r.id
        WHERE (r.done_at IS NOT NULL AND e.id IS NULL) OR e.amount <> r.amount""",
    "I6 a seat was lost and its money kept": f"""
        SELECT p.id::text, b.ending FROM payments_payment p JOIN bookings_booking b ON b.id = p.booking_id
        WHERE p.status IN ('SUCCESS', 'REFUNDED') AND b.status = 'CANCELLED' AND b.ending = 'SEAT_LOST'
            AND p.amount > (SELECT coalesce(sum(r.amount), 0) FROM payments_refund r WHERE r.payment_id = p.id)
            AND NOT {_IS_CASE}""",
    "I6 paid more than asked": f"""
        SELECT b.id::text, b.total + b.kept || ' asked, ' || sum(p.amount - p.back) || ' kept' FROM bookings_booking b
        JOIN (
            SELECT booking_id, amount, (SELECT coalesce(sum(r.amount), 0) FROM payments_refund r
                WHERE r.payment_id = p.id) AS back
            FROM payments_payment p WHERE status IN ('SUCCESS', 'REFUNDED') AND NOT {_IS_CASE}
        ) p ON p.booking_id = b.id
        GROUP BY b.id HAVING sum(p.amount - p.back) > b.total + b.kept""",
    "I14 money in is not sales, refunds and cases": equation.VIOLATIONS,
    "I13 a case is open too long": f"""
        SELECT id::text, kind || ', ' || coalesce(amount::text, '?') || ' ' || currency FROM payments_case
        WHERE status = 'OPEN' AND created_at < statement_timestamp() - {OVERDUE}
            - {_CASE_AGE} * (CASE kind WHEN 'WRONG_AMOUNT' THEN 1 ELSE 3 END)""",
    "I13 a refund was given up and is nobody's case": f"""
        SELECT r.id::text, r.amount || ', ' || r.last_error FROM payments_refund r
        WHERE r.done_at IS NULL AND r.failed_at < statement_timestamp() - {OVERDUE}
            AND NOT EXISTS (SELECT FROM payments_case k WHERE k.refund_id = r.id AND k.status = 'OPEN')""",
    # Money may have been taken without a word to us: whoever is not asked within five minutes hides it.
    "I15 nobody asks about an open payment": """
        SELECT id::text, gateway || ', to be asked ' || coalesce(poll_at::text, 'never') FROM payments_payment
        WHERE status = 'INITIATED' AND NOT starts_with(session, 'new_')
            AND created_at BETWEEN statement_timestamp() - interval '47 hours'
                AND statement_timestamp() - interval '5 minutes'
            AND (poll_at IS NULL OR poll_at < statement_timestamp() - interval '5 minutes')""",
    "I7 refunds exceed the payment": """
        SELECT p.id::text, sum(r.amount) || ' of ' || p.amount FROM payments_payment p
        JOIN payments_refund r ON r.payment_id = p.id GROUP BY p.id HAVING sum(r.amount) > p.amount""",
    "I8 a lapsed hold was not swept": f"""
        SELECT id::text, label || ' held until ' || held_until FROM seatsync_showseat
        WHERE status = 'HELD' AND held_until < statement_timestamp() - {OVERDUE}""",
    "I9 a promise is overdue": f"""
        SELECT id::text, 'notice, ' || last_error FROM bookings_notice
        WHERE done_at IS NULL AND failed_at IS NULL AND due_at < statement_timestamp() - {OVERDUE}
        UNION ALL SELECT id::text, 'refund, ' || last_error FROM payments_refund
        WHERE done_at IS NULL AND failed_at IS NULL AND due_at < statement_timestamp() - {OVERDUE}
        UNION ALL SELECT conflict_id::text, 'notice to managers, ' || last_error FROM seatsync_managernotice
        WHERE done_at IS NULL AND failed_at IS NULL AND due_at < statement_timestamp() - {OVERDUE}""",
    "I9 a gateway's message is unsettled": f"""
        SELECT id::text, event_id FROM payments_webhookevent
        WHERE processed_at IS NULL AND received_at < statement_timestamp() - {OVERDUE}""",
    "I9 an announcement has no number": f"""
        SELECT id::text, topic FROM seatsync_announcement
        WHERE sequence IS NULL AND created_at < statement_timestamp() - {OVERDUE}
        UNION ALL SELECT e.showtime_id::text, 'v' || e.version || ' is not announced'
        FROM seatsync_unannounced u JOIN seatsync_seatevent e ON e.id = u.event_id
        WHERE e.created_at < statement_timestamp() - {OVERDUE}""",
    "I9 a webhook is due and nobody sends": f"""
        SELECT s.id::text, s.url FROM seatsync_subscription s JOIN seatsync_channel c ON c.id = s.channel_id
        WHERE s.disabled_at IS NULL AND c.is_active AND s.due_at < statement_timestamp() - {OVERDUE} AND EXISTS (
            SELECT FROM seatsync_delivery d WHERE d.subscription_id = s.id AND d.done_at IS NULL
                AND d.created_at < statement_timestamp() - {OVERDUE})
        UNION ALL SELECT id::text, 'notice to a channel, ' || last_error FROM seatsync_channelnotice
        WHERE done_at IS NULL AND failed_at IS NULL AND due_at < statement_timestamp() - {OVERDUE}""",
    "I10 the journal has a gap": """
        SELECT i.showtime_id::text, 'version ' || i.version || ', ' || count(e.id) || ' events up to '
            || coalesce(max(e.version), 0)
        FROM seatsync_showinventory i LEFT JOIN seatsync_seatevent e ON e.showtime_id = i.showtime_id
        GROUP BY i.showtime_id HAVING count(e.id) <> i.version OR coalesce(max(e.version), 0) <> i.version""",
    "I10 the journal's chain is broken": """
        WITH steps AS (
            SELECT e.showtime_id, e.version, c ->> 0 AS label, c ->> 1 AS "from",
                lag(c ->> 2, 1, 'AVAILABLE') OVER (PARTITION BY e.showtime_id, c ->> 0 ORDER BY e.version) AS before
            FROM seatsync_seatevent e, jsonb_array_elements(e.changes) c
        )
        SELECT showtime_id::text, 'v' || version || ' ' || label || ' from ' || "from" || ', was ' || before
        FROM steps WHERE "from" <> before""",
    "I10 the journal replayed is not the rows": """
        WITH last AS (
            SELECT DISTINCT ON (e.showtime_id, c ->> 0) e.showtime_id, c ->> 0 AS label, c ->> 2 AS status,
                CASE WHEN c ->> 2 IN ('HELD', 'BOOKED') THEN e.claim END AS claim
            FROM seatsync_seatevent e, jsonb_array_elements(e.changes) c
            WHERE e.action NOT IN ('ALLOT', 'RETURN') -- these change for whom a seat is, not whose
            ORDER BY e.showtime_id, c ->> 0, e.version DESC
        )
        SELECT s.id::text, s.label || ' is ' || s.status || ', the journal says ' || coalesce(l.status, 'AVAILABLE')
        FROM seatsync_showseat s LEFT JOIN last l ON l.showtime_id = s.showtime_id AND l.label = s.label
        WHERE s.status <> coalesce(l.status, 'AVAILABLE') OR s.claim IS DISTINCT FROM l.claim""",
    "I11 a sale of ours was confirmed to nobody": """
        SELECT b.id::text, b.email FROM bookings_booking b
        WHERE b.status = 'CONFIRMED' AND b.source = 'SHOWSEWA' AND b.channel_id IS NULL AND b.email <> ''
            AND NOT EXISTS (SELECT 1 FROM bookings_notice n WHERE n.booking_id = b.id AND n.kind = 'CONFIRMATION')""",
    "I12 a conflict is open past its deadline": f"""
        SELECT c.id::text, s.label || ' reported by ' || c.reference || ', held by ' || c.holder_reference
        FROM seatsync_conflict c JOIN seatsync_showseat s ON s.id = c.seat_id
        JOIN venues_showtime t ON t.id = s.showtime_id
        WHERE c.status = 'OPEN' AND statement_timestamp() - {OVERDUE}
            > greatest(coalesce(c.deadline_at, t.starts_at - interval '30 minutes'), c.created_at)""",
    # The winner may have given the seat back since; the loser must not have it, unless a later conflict says so.
    "I12 a solved conflict's seat is not its winner's": """
        WITH last AS (
            SELECT DISTINCT ON (seat_id) * FROM seatsync_conflict
            WHERE status = 'SOLVED' AND winner <> '' ORDER BY seat_id, solved_at DESC
        ), side AS (
            SELECT l.id, l.winner, b.id AS booking_id, b.status, t.id AS ticket_id, t.released_at,
                CASE WHEN b.id = l.holder_claim THEN 'HOLDER' ELSE 'REPORTER' END AS role
            FROM last l JOIN seatsync_showseat s ON s.id = l.seat_id
            JOIN bookings_booking b ON b.id = l.holder_claim OR (b.showtime_id = s.showtime_id
                AND b.channel_id = l.channel_id AND b.external_reference = l.reference)
            LEFT JOIN bookings_ticket t ON t.booking_id = b.id AND t.show_seat_id = l.seat_id
        )
        SELECT l.id::text, l.winner || ' won, ' || l.resolution FROM last l
        WHERE EXISTS (
            SELECT 1 FROM side x
            WHERE x.id = l.id AND x.role <> l.winner AND x.ticket_id IS NOT NULL AND x.released_at IS NULL
        ) OR NOT EXISTS (
            SELECT 1 FROM side x
            WHERE x.id = l.id AND x.role = l.winner AND (x.ticket_id IS NOT NULL OR x.status <> 'CONFIRMED')
        )""",
    "I17 a promo code's uses do not add up": """
        SELECT p.code, p.used || ' counted, ' || count(u.id) || ' live, at most ' || coalesce(p.max_uses::text, 'any')
        FROM bookings_promocode p
        LEFT JOIN bookings_promouse u ON u.promo_id = p.id AND u.returned_at IS NULL
        GROUP BY p.id HAVING p.used <> count(u.id) OR count(u.id) > p.max_uses""",
    "I17 a booking and its promo code's use disagree": """
        SELECT b.id::text, b.status || ' with promo ' || coalesce(b.promo_id::text, 'none') || ', used '
            || coalesce(u.promo_id::text, 'none')
        FROM bookings_booking b
        FULL JOIN (SELECT * FROM bookings_promouse WHERE returned_at IS NULL) u ON u.booking_id = b.id
        WHERE (CASE WHEN b.status IN ('PENDING', 'CONFIRMED') THEN b.promo_id END) IS DISTINCT FROM u.promo_id
            OR (u.id IS NOT NULL AND u.code_id IS DISTINCT FROM b.single_code_id)""",
}


def violations() -> list[Violation]:
    """Every rule over the live tables, in one snapshot, reading only. Slow on a large house: it reads everything."""
    if connection.in_atomic_block:
        return _ask()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        return _ask()


def _ask() -> list[Violation]:
    found: list[Violation] = []
    with connection.cursor() as cursor:
        for rule, question in (_RULES | invoice_rules.RULES).items():
            cursor.execute(question)
            found.extend(Violation(rule, subject, detail or "") for subject, detail in cursor.fetchall())
    return found
