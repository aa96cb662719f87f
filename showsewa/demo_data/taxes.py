"""The demo's taxes and a fee. The taxes are examples, with rates from the press, for an accountant to confirm."""

from datetime import date
from decimal import Decimal

from bookings.models import FeeRule, TaxRule
from venues.models import Cinema

_SINCE = date(2024, 7, 16)  # 1 Shrawan 2081

_EXAMPLES = (
    ("VAT", "मूल्य अभिवृद्धि कर", 13, TaxRule.Applies.ALL),
    ("Local tax", "स्थानीय कर", 5, TaxRule.Applies.ALL),
    ("Film development fee", "चलचित्र विकास शुल्क", 15, TaxRule.Applies.FOREIGN),
)
NOTE = "The tax rules are examples: an accountant must confirm rates and how they combine."


# One cinema asks for a fee on the website, so that one sees how it is told; the others do not.
_FEE_AT = "koshi-chalchitra-biratnagar"


def build_fee() -> None:
    FeeRule.objects.create(
        cinema=Cinema.objects.get(slug=_FEE_AT), name="Booking fee", name_ne="बुकिङ शुल्क", amount=25, starts_on=_SINCE
    )


def build_taxes() -> None:
    TaxRule.objects.bulk_create(
        TaxRule(name=name, name_ne=name_ne, percent=Decimal(percent), applies_to=applies_to, starts_on=_SINCE)
        for name, name_ne, percent, applies_to in _EXAMPLES
    )
