"""The payments API: parse, one call, render."""

from payments.api.views import Initiate, Process, RefundBooking, Simulate, Status, Webhook

__all__ = ["Initiate", "Process", "RefundBooking", "Simulate", "Status", "Webhook"]
