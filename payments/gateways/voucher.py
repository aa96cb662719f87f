"""Gift vouchers as a way to pay: money that is ours already, spent and given back in the voucher's own ledger."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import vouchers
from payments.gateways import BadSignature, Entry, Event, GatewayError, Report, Started, Word, register
from payments.models import Payment, Refund, VoucherEntry

CODE = "voucher"


class Voucher:
    """Never offered as a gateway to be started: a code is given, and it pays at once (`services.vouchers`)."""

    code, label, hint = CODE, _("Gift voucher"), ""

    def start(self, payment: Payment, *, return_path: str) -> Started:
        raise GatewayError("is paid by its code", permanent=True)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        raise BadSignature("Vouchers send no messages.")

    def read(self, body: bytes) -> Event:
        raise BadSignature("Vouchers send no messages.")

    def look_up(self, payment: Payment) -> Report:
        return Report(payment.session, Word.PAID, payment.amount, payment.currency, payment.gateway_reference)

    def refund(self, payment: Payment, amount: Decimal, *, key: str) -> str:
        """Onto the voucher, once per refund: the ledger knows what it has given back."""
        with transaction.atomic():
            vouchers.give_back(Refund.objects.get(pk=uuid.UUID(key)), now=timezone.now())
        return f"voucher_{key}"

    def listing(self, *, since: datetime, until: datetime) -> Sequence[Entry]:
        """The ledger beside the payments: they must agree like those of any other gateway."""
        rows = VoucherEntry.objects.filter(at__gte=since, at__lt=until, kind__in=["SPEND", "RETURN"])
        return [_entry(row) for row in rows.select_related("voucher", "payment").order_by("pk")]


def _entry(row: VoucherEntry) -> Entry:
    if row.payment is not None:
        return Entry(row.payment.gateway_reference, -row.amount, row.voucher.currency, session=row.payment.session)
    return Entry(f"voucher_{row.refund_id}", row.amount, row.voucher.currency, is_refund=True)


register(Voucher())
