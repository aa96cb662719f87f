"""What people type into the payments pages, checked kindly."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _


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
