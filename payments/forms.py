"""What people type into the payments pages, checked kindly."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from venues.models import Cinema


class InvoiceBuyerForm(forms.Form):
    """Whose name an invoice bears. A PAN has nine digits."""

    name = forms.CharField(
        label=_("Name or company"), max_length=120, error_messages={"required": _("Please say whose invoice it is.")}
    )
    pan = forms.CharField(
        label=_("PAN"),
        max_length=20,
        required=False,
        validators=[RegexValidator(r"\A[0-9]{9}\Z", _("A PAN has nine digits."))],
    )


class VoucherForm(forms.Form):
    code = forms.CharField(
        label=_("Voucher code"), max_length=40, error_messages={"required": _("Type the code of your voucher.")}
    )


class VoucherSaleForm(forms.Form):
    """A voucher at the counter. way: how it is paid, or why it is given away."""

    voucher_id = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.DecimalField(label=_("Worth"), max_digits=12, decimal_places=2)
    way = forms.ChoiceField(label=_("Paid by"), widget=forms.RadioSelect)
    cinema = forms.ModelChoiceField(label=_("Cinema"), queryset=Cinema.objects.none(), empty_label=None)
    is_for_all = forms.BooleanField(label=_("Taken at every cinema, not only here"), required=False)
    note = forms.CharField(label=_("Note"), max_length=255, required=False)

    def __init__(self, *args: Any, cinemas: Sequence[Cinema], may_give: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [("CASH", _("Cash")), ("CARD", _("Card terminal"))]
        given = [("GOODWILL", _("Given away: goodwill")), ("CONFLICT", _("Given away: seats sold twice"))]
        self.fields["way"].choices = [*ways, *given] if may_give else ways  # type: ignore[attr-defined]
        mine = Cinema.objects.filter(pk__in=[one.pk for one in cinemas]).order_by("name")
        self.fields["cinema"].queryset = mine  # type: ignore[attr-defined]
        self.fields["cinema"].initial = cinemas[0].pk if cinemas else None
