"""The payments API: parse, one call, render."""

from payments.api.exchanges import Exchange
from payments.api.views import Initiate, Process, RefundBooking, Simulate, Status, Webhook
from payments.api.vouchers import PayByVoucher

__all__ = ["Exchange", "Initiate", "PayByVoucher", "Process", "RefundBooking", "Simulate", "Status", "Webhook"]
