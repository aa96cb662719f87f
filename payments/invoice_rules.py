"""What must always be true of invoices, for the oracle: a question in SQL each, whose rows are violations."""
# ruff: noqa: S608

# The timer comes every few seconds; a sale without an invoice for this long has been forgotten.
_FORGOTTEN = "interval '5 minutes'"

# What a sale cost: the money taken in its currency, less what bought nothing and went back, and without sums a person
# still has to decide on. As `invoices.paid_for` counts it.
_PAID = """(
    SELECT sum(p.amount - (SELECT coalesce(sum(r.amount), 0) FROM payments_refund r
        WHERE r.payment_id = p.id AND r.reason IN ('LATE', 'DOUBLE', 'MISMATCH', 'UNPAID')))
    FROM payments_payment p
    WHERE p.booking_id = b.id AND p.status IN ('SUCCESS', 'REFUNDED') AND p.currency = b.currency
        AND NOT EXISTS (SELECT FROM payments_case k
            WHERE k.payment_id = p.id AND k.kind = 'WRONG_AMOUNT' AND k.status = 'OPEN'))"""

RULES = {
    "I16 the numbers of invoices have a gap": """
        SELECT coalesce(c.cinema_id, i.cinema_id)::text, coalesce(c.fiscal_year, i.fiscal_year) || ' '
            || coalesce(c.kind, i.kind) || ': counted to ' || coalesce(c.last, 0) || ', ' || coalesce(i.count, 0)
            || ' issued up to ' || coalesce(i.last, 0)
        FROM payments_invoicecounter c
        FULL JOIN (
            SELECT cinema_id, fiscal_year, kind, count(*), max(number) AS last FROM payments_invoice
            GROUP BY cinema_id, fiscal_year, kind
        ) i ON i.cinema_id = c.cinema_id AND i.fiscal_year = c.fiscal_year AND i.kind = c.kind
        WHERE coalesce(i.count, 0) <> coalesce(c.last, 0) OR coalesce(i.last, 0) <> coalesce(c.last, 0)""",
    "I16 an invoice is not what was paid": f"""
        SELECT i.id::text, i.total || ' invoiced, ' || coalesce({_PAID}, 0) || ' paid'
        FROM payments_invoice i JOIN bookings_booking b ON b.id = i.booking_id
        WHERE i.kind = 'INVOICE' AND i.exchange_id IS NULL AND i.total <> coalesce({_PAID}, 0)
            - coalesce((SELECT sum(x.difference) FROM bookings_exchange x
                WHERE x.booking_id = b.id AND x.difference > 0 AND x.done_at IS NOT NULL), 0)""",
    "I16 an invoice is not the difference that was paid": """
        SELECT i.id::text, i.total || ' invoiced, ' || x.difference || ' paid'
        FROM payments_invoice i JOIN bookings_exchange x ON x.id = i.exchange_id
        WHERE i.total <> x.difference OR i.booking_id <> x.booking_id OR x.done_at IS NULL""",
    "I16 a paid difference has no invoice": f"""
        SELECT x.id::text, x.difference::text FROM bookings_exchange x
        WHERE x.difference > 0 AND x.done_at < statement_timestamp() - {_FORGOTTEN}
            AND NOT EXISTS (SELECT FROM payments_invoice i WHERE i.exchange_id = x.id)""",
    "I16 an invoice is not the sum of its lines": """
        SELECT i.id::text, i.total::text FROM payments_invoice i
        WHERE i.total <> (SELECT sum((line ->> 'amount')::numeric) FROM jsonb_array_elements(i.lines) line)""",
    "I16 an invoice is not its base and taxes": """
        SELECT i.id::text, i.total::text FROM payments_invoice i
        WHERE jsonb_array_length(i.taxes) > 0 AND i.total <> (i.taxes -> 0 ->> 'base')::numeric
            + (SELECT sum((part ->> 'amount')::numeric) FROM jsonb_array_elements(i.taxes) part)""",
    "I16 credit notes exceed the invoice": """
        SELECT i.id::text, sum(n.total) || ' of ' || i.total FROM payments_invoice i
        JOIN payments_invoice n ON n.original_id = i.id GROUP BY i.id HAVING sum(n.total) > i.total""",
    "I16 a sale of ours has no invoice": f"""
        SELECT b.id::text, b.reference FROM bookings_booking b
        WHERE b.source IN ('SHOWSEWA', 'WALK_IN') AND b.channel_id IS NULL
            AND greatest(b.confirmed_at, b.created_at) < statement_timestamp() - {_FORGOTTEN}
            AND b.confirmed_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM payments_invoice i WHERE i.booking_id = b.id AND i.kind = 'INVOICE')""",
    "I16 a refund has no credit note": f"""
        SELECT r.id::text, r.amount::text FROM payments_refund r
        JOIN payments_payment p ON p.id = r.payment_id
        JOIN payments_invoice i ON i.booking_id = p.booking_id AND i.kind = 'INVOICE'
        WHERE r.reason NOT IN ('LATE', 'DOUBLE', 'MISMATCH', 'UNPAID')
            AND greatest(r.done_at, i.created_at) < statement_timestamp() - {_FORGOTTEN} AND r.done_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM payments_invoice n WHERE n.refund_id = r.id)""",
}
