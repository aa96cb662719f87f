"""On to another company's page, and back from there: parse, one call, render."""

from urllib.parse import urlsplit

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from payments import returning
from payments.services import coming_back


@never_cache
@require_safe
def hand_over(request: HttpRequest, sealed: str) -> HttpResponse:
    """By itself with JavaScript, by a button without. Whoever has the address may pay; it is nobody's ticket."""
    going = coming_back.hand_over(sealed, now=timezone.now())
    if going is None:
        return redirect(returning.read(sealed).path)
    response = render(request, "payments/hand_over.html", {"going": going, "booking": going.payment.booking})
    if going.form is not None:
        parts = urlsplit(going.form.action)
        response._csp_replace = {"form-action": [SELF, f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
    return response


@never_cache
@require_safe
def payment_return(request: HttpRequest, gateway: str, sealed: str) -> HttpResponse:
    """The buyer is back. This address confirms nothing: we ask the gateway, and the booking's page shows the answer."""
    return redirect(coming_back.come_back(sealed, gateway=gateway, params=request.GET.dict(), now=timezone.now()))
