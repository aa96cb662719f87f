"""The payments pages: parse, one call, render."""

from payments.views.card import card
from payments.views.counter import counter, counter_tickets
from payments.views.door import door
from payments.views.exchange import exchange
from payments.views.invoice import invoice, print_invoice
from payments.views.other_seat import other_seat
from payments.views.pay import cancel, fake_checkout, pay
from payments.views.ways import hand_over, payment_return

__all__ = [
    "cancel",
    "card",
    "counter",
    "counter_tickets",
    "door",
    "exchange",
    "fake_checkout",
    "hand_over",
    "invoice",
    "other_seat",
    "pay",
    "payment_return",
    "print_invoice",
]
