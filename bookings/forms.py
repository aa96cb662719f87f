"""What people type into the bookings pages, checked kindly."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings import phones
from bookings.services.checkout import Buyer
from showsewa import numerals

# Crockford's letters: what looks like a digit is one.
_LOOKALIKES = str.maketrans("OIL", "011")


class BuyerForm(forms.Form):
    """Who buys, and how they pay. gateways: (code, label) of the ways offered; a booking that is free needs none."""

    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        error_messages={"invalid": _("This does not look like an e-mail address. An example: asha@example.com")},
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    promo_code = forms.CharField(label=_("Promo code"), max_length=40, required=False)

    def __init__(self, *args, gateways, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["gateway"] = forms.ChoiceField(
            label=_("Way to pay"),
            choices=gateways,
            required=bool(gateways),
            error_messages={"required": _("Please choose how to pay.")},
        )

    @property
    def buyer(self) -> Buyer:
        data = self.cleaned_data
        return Buyer(name=data["name"], email=data["email"], phone=data["phone"], language=numerals.tag())

    def clean_phone(self):
        text = self.cleaned_data["phone"]
        try:
            return phones.normal(text) if text else ""
        except ValueError as error:
            message = _("This does not look like a phone number. An example: 9841234567 or +977 984 123 4567")
            raise forms.ValidationError(message) from error

    def clean(self):
        super().clean()
        if not self.errors and not self.cleaned_data["phone"] and not self.cleaned_data["email"]:
            self.add_error("phone", _("Give a phone number or an e-mail address: that is where your tickets go."))


class FindForm(forms.Form):
    reference = forms.CharField(label=_("Booking reference"), max_length=40)
    contact = forms.CharField(label=_("Phone or e-mail it was booked with"), max_length=254)

    def clean_reference(self):
        letters = "".join(sign for sign in self.cleaned_data["reference"].upper() if sign.isalnum())
        return letters.translate(_LOOKALIKES)

    @property
    def address(self) -> dict[str, str]:
        contact = self.cleaned_data["contact"]
        return {"email": contact} if "@" in contact else {"phone": contact}
