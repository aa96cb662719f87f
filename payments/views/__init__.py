"""The payments pages: parse, one call, render."""

from payments.views.card import card
from payments.views.counter import counter, counter_tickets
from payments.views.other_seat import other_seat
from payments.views.pay import cancel, fake_checkout, pay

__all__ = ["cancel", "card", "counter", "counter_tickets", "fake_checkout", "other_seat", "pay"]
