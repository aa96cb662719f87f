"""Gift vouchers on pages: using one, looking at one, selling and giving them. Parse, one call, render."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import qr
from bookings.models import Booking
from bookings.views import link
from payments import vouchers as ledger
from payments.books import shifts
from payments.forms import VoucherForm, VoucherSaleForm
from payments.gateways.counter import TENDERS
from payments.models import GiftVoucher
from payments.services import vouchers
from showsewa import ids, limits
from showsewa.authentication import from_cookies
from showsewa.refusals import Forbidden, Refusal


def use(request: HttpRequest, booking: Booking, key: str) -> HttpResponse:
    """A code typed on the payment page."""
    form, here = VoucherForm(request.POST), link("pay", booking, key)
    if not form.is_valid():
        messages.warning(request, _("Type the code of your voucher."))
        return redirect(here)
    try:
        with limits.guessing(limits.address_of(request)):
            spent = vouchers.pay(
                booking_id=booking.pk, code=form.cleaned_data["code"], actor=from_cookies(request), now=timezone.now()
            )
    except Refusal as refusal:
        messages.warning(request, refusal.message)
        return redirect(here)
    return redirect(here if spent.due else link("ticket", booking, key))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """What a voucher is worth and where it went, for whoever has its code; which never stands in an address."""
    form = VoucherForm(request.POST or None)
    if not form.is_valid():
        return render(request, "payments/voucher.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        with limits.guessing(limits.address_of(request)):
            found = ledger.find(form.cleaned_data["code"])
    except ledger.VoucherUnknown as refusal:
        form.add_error("code", refusal.message)
        return render(request, "payments/voucher.html", {"form": form}, status=refusal.status)
    facts = {
        "voucher": found,
        "worth": ledger.balance(found),
        "is_expired": ledger.is_expired(found, now=timezone.now()),
        "entries": ledger.history(found),
    }
    with timezone.override(found.cinema.time_zone if found.cinema else settings.ADMIN_TIME_ZONE):
        return render(request, "payments/voucher.html", facts)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sell(request: HttpRequest) -> HttpResponse:
    """The counter sells one, or staff give one away. Its code is shown once, to be printed."""
    actor = from_cookies(request)
    if not (actor.may(vouchers.SELL) or actor.may(vouchers.GIVE)):
        raise Forbidden(_("The counter is for people who sell there. Sign in with an account of the box office."))
    may_give = actor.may(vouchers.GIVE)
    form = VoucherSaleForm(
        request.POST or None, cinemas=shifts.tills(actor), may_give=may_give, initial={"voucher_id": ids.uuid7()}
    )
    if not form.is_valid():
        return render(request, "counter/voucher.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        issued = _issue(form.cleaned_data, actor)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return render(request, "counter/voucher.html", {"form": form}, status=refusal.status)
    facts = {"issued": issued, "voucher": issued.voucher, "worth": form.cleaned_data["amount"]}
    return render(request, "counter/voucher_paper.html", facts | {"qr": qr.svg(issued.code)})


def _issue(said: dict[str, Any], actor: Any) -> vouchers.Issued:
    key: uuid.UUID = said["voucher_id"]
    common = {"amount": said["amount"], "note": said["note"], "voucher_id": key, "actor": actor, "now": timezone.now()}
    if said["way"] in TENDERS:
        return vouchers.sell(**common, tender=said["way"], sold_at=said["cinema"], is_for_all=said["is_for_all"])
    where = None if said["is_for_all"] else said["cinema"]
    return vouchers.give(
        **common, reason=GiftVoucher.Reason(said["way"]), cinema=where, currency=said["cinema"].currency
    )
