"""Money in and money back, and the books that are kept of it."""

from payments.models.accounts import GatewayAccount
from payments.models.cases import Case
from payments.models.fake import FakeCharge, FakeCheckout, FakeMessage, FakeRefund
from payments.models.invoices import Invoice, InvoiceCopy, InvoiceCounter
from payments.models.payments import MOVES, UNOPENED, Payment, Refund, WebhookEvent
from payments.models.settlements import CashCount, Settlement, SettlementFile, SettlementLine
from payments.models.vouchers import GiftVoucher, VoucherEntry

__all__ = [
    "MOVES",
    "UNOPENED",
    "Case",
    "CashCount",
    "FakeCharge",
    "FakeCheckout",
    "FakeMessage",
    "FakeRefund",
    "GatewayAccount",
    "GiftVoucher",
    "Invoice",
    "InvoiceCopy",
    "InvoiceCounter",
    "Payment",
    "Refund",
    "Settlement",
    "SettlementFile",
    "SettlementLine",
    "VoucherEntry",
    "WebhookEvent",
]
