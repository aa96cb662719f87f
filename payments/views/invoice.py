"""A booking's invoice: looked at as often as one likes, printed as a PDF of which every later one is a copy."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings import selectors
from bookings.views import link, query, seen
from payments import invoice_pdf, invoice_words, invoices
from payments.forms import InvoiceBuyerForm
from payments.services import invoicing
from showsewa import limits
from showsewa.authentication import from_cookies

# Staff at whose counter it was sold may write a buyer's name for them.
NAMES = "bookings.sell_at_counter"
LOOK_AGAIN = "3"  # seconds, while the timer has not issued it yet


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invoice(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """The invoice and its credit notes; before the first print, whose name they shall bear."""
    booking, key = seen(request, booking_id)
    invoices.check_ours(booking)
    form = InvoiceBuyerForm(request.POST or None)
    if request.method == "POST":
        actor = from_cookies(request)
        limits.check(actor, limits.address_of(request))
        selectors.booking_to_change(actor, booking_id, permission=NAMES, key=key)
        if form.is_valid():
            try:
                invoicing.name_buyer(booking=booking, **form.cleaned_data, actor=actor)
                messages.success(request, _("Your invoice bears this name now."))
            except invoicing.AlreadyPrinted as refusal:
                messages.warning(request, refusal.message)
            return redirect(link("invoice", booking, key))
    papers = invoices.papers(booking)
    facts = {
        "booking": booking,
        "query": query(key),
        "papers": [(paper, invoice_words.told(paper)) for paper in papers],
        "first": papers[0] if papers else None,
        "form": form if form.is_bound else InvoiceBuyerForm(initial=_known(papers)),
    }
    answer = render(request, "payments/invoice.html", facts, status=422 if form.errors else 200)
    if not papers:
        answer.headers["Refresh"] = LOOK_AGAIN
    return answer


@never_cache
@require_POST
def print_invoice(request: HttpRequest, booking_id: uuid.UUID, invoice_id: uuid.UUID) -> HttpResponse:
    """Counted, and therefore posted: the first PDF is the original, each later one a copy with its number."""
    booking, _key = seen(request, booking_id)
    actor = from_cookies(request)
    limits.check(actor, limits.address_of(request))
    paper, number = invoicing.note_print(booking=booking, invoice_id=invoice_id, actor=actor)
    told = invoice_words.told(paper)
    made = invoice_pdf.render(told, mark=invoice_words.mark(number), made_at=timezone.now())
    kind = "credit-note" if paper.is_credit else "invoice"
    name = f"{kind}-{told.number.replace('/', '-')}{f'-copy-{number}' if number else ''}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _known(papers: list[invoices.Paper]) -> dict[str, str]:
    return {"name": papers[0].buyer_name, "pan": papers[0].buyer_pan} if papers else {}
