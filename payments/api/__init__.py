"""The payments API: parse, one call, render."""

from payments.api.vouchers import PayByVoucher
from payments.api.views import Initiate, Process, RefundBooking, Simulate, Status, Webhook

__all__ = ["Initiate", "PayByVoucher", "Process", "RefundBooking", "Simulate", "Status", "Webhook"]
