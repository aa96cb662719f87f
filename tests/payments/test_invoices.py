"""Invoices: one a sale, by cinema and Nepali year, printed once as original, credited when money goes back."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from bookings import selectors
from bookings.models import Booking, PromoCode, TaxRule
from payments import audit
from payments.models import Invoice, InvoiceCopy, Payment, Refund
from payments.models.invoices import InvoiceBuyer
from payments.services import counter, giving_back, invoicing, refunding
from payments.tasks import issue_invoices
from showsewa import promises
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api

LAST_SECOND = datetime(2026, 7, 16, 18, 14, 59, tzinfo=UTC)  # 23:59:59 on 32 Ashadh 2083 in Kathmandu
FIRST_SECOND = datetime(2026, 7, 16, 18, 15, tzinfo=UTC)


@pytest.fixture
def sold(api: Api, stage: cast.Stage) -> Booking:
    return purchase.row(purchase.buy(api, stage, "A1", "A2"))


@pytest.fixture
def taxed(stage: cast.Stage) -> None:
    stage.movie.__class__.objects.filter(pk=stage.movie.pk).update(is_foreign=True)
    for name, name_ne, percent, applies_to in (
        ("VAT", "मूल्य अभिवृद्धि कर", 13, "ALL"),
        ("Film development", "चलचित्र विकास", 15, "FOREIGN"),
    ):
        TaxRule.objects.create(
            name=name, name_ne=name_ne, percent=percent, applies_to=applies_to, starts_on="2020-01-01"
        )


def page(booking: Booking, name: str = "invoice", *args: Any, key: str | None = None) -> str:
    path = reverse(name, args=[booking.pk, *args])
    return f"{path}?key={selectors.link_key(booking.pk) if key is None else key}"


def issue() -> list[Invoice]:
    issue_invoices()
    return list(Invoice.objects.order_by("-kind", "number"))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def of_invoices() -> list[audit.Violation]:
    return [violation for violation in audit.violations() if violation.rule.startswith("I16")]


def refund_all() -> None:
    promises.keep(Refund, refunding.send_refund, now=timezone.now())


def test_a_sale_has_its_invoice_with_lines_and_taxes(sold: Booking, taxed: None, client: Client) -> None:
    (invoice,) = issue()

    assert (invoice.number, invoice.total, invoice.issued_at) == (1, Decimal(900), sold.confirmed_at)
    assert [(line["quantity"], line["price"], line["amount"]) for line in invoice.lines] == [("2", "450.00", "900.00")]
    assert "A1, A2" in invoice.lines[0]["text"]
    amounts = [Decimal(part["amount"]) for part in invoice.taxes]
    assert Decimal(invoice.taxes[0]["base"]) + sum(amounts) == 900
    shown = client.get(page(sold))
    assert shown.status_code == 200
    assert "NPR 900" in shown.content.decode()
    assert "VAT 13 %" in shown.content.decode()


def test_a_discount_stands_on_the_invoice(api: Api, stage: cast.Stage) -> None:
    from_promo(api, stage)

    (invoice,) = issue()

    assert invoice.lines[0]["discount"] == "90.00"
    assert invoice.total == Decimal(360)


def from_promo(api: Api, stage: cast.Stage) -> None:
    PromoCode.objects.create(code="SAVE20", percent=20)
    purchase._ok(purchase.pay(api, purchase.book(api, stage, "A1", promoCode="SAVE20")))


def test_issuing_again_issues_nothing(sold: Booking) -> None:
    assert len(issue()) == len(issue()) == 1


def test_the_counters_sales_are_numbered_with_the_websites(sold: Booking, stage: cast.Stage, chandra: User) -> None:
    clerk = cast.staff_actor(chandra)
    counter.sell(showtime_id=stage.showtime.pk, seats=["B1"], tender="CASH", actor=clerk, now=timezone.now())

    assert [invoice.number for invoice in issue()] == [1, 2]


def test_a_platforms_sale_is_its_own_to_invoice(api: Api, stage: cast.Stage, client: Client) -> None:
    platform = Api(cast.moviepass(stage))
    update = {"seatNumber": "A1", "status": "BOOKED", "bookingReference": "MP-1", "bookingSource": "OTHER_PLATFORM"}
    said = platform.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [update]})
    assert said.status_code == 200, said.content

    assert issue() == []
    assert client.get(page(Booking.objects.get(external_reference="MP-1"))).status_code == 404


def test_each_cinema_and_fiscal_year_counts_for_itself(api: Api, stage: cast.Stage, sold: Booking) -> None:
    other = cast.make_stage(name="Other Cinema")
    there = purchase.row(purchase.buy(api, other, "A1"))
    late = purchase.row(purchase.buy(api, stage, "B1"))
    Booking.objects.filter(pk=sold.pk).update(confirmed_at=LAST_SECOND)
    Booking.objects.filter(pk=late.pk).update(confirmed_at=FIRST_SECOND)

    invoicing.issue_due()

    told = {i.booking_id: (str(i), i.issued_on_bs) for i in Invoice.objects.all()}
    assert told[sold.pk] == ("2082/83-000001", "2083-03-32")
    assert told[late.pk] == ("2083/84-000001", "2083-04-01")
    assert told[there.pk][0].endswith("-000001")
    assert of_invoices() == []


def test_the_timer_looks_back_a_day_and_once_an_hour_at_everything(sold: Booking) -> None:
    Booking.objects.filter(pk=sold.pk).update(confirmed_at=LAST_SECOND)

    assert issue() == []
    assert invoicing.issue_due() == 1


def test_the_first_print_is_the_original_and_later_ones_are_numbered_copies(sold: Booking, client: Client) -> None:
    (invoice,) = issue()

    prints = [client.post(page(sold, "print-invoice", invoice.pk)) for _time in range(3)]

    assert [answer["Content-Type"] for answer in prints] == ["application/pdf"] * 3
    texts = [text_of(answer.content) for answer in prints]
    assert "Original" in texts[0]
    assert "Copy" not in texts[0].replace("a copy", "")
    assert "Copy of Original 1" in texts[1]
    assert "Copy of Original 2" in texts[2]
    assert str(invoice) in texts[0]
    assert "900.00" in texts[0]
    assert "2083" in texts[0]
    assert "copy-2" in prints[2]["Content-Disposition"]


def test_looking_at_the_page_counts_as_no_print(sold: Booking, client: Client) -> None:
    (invoice,) = issue()

    client.get(page(sold))

    assert client.get(page(sold, "print-invoice", invoice.pk)).status_code == 405
    assert not InvoiceCopy.objects.exists()


def test_the_total_stands_in_words_on_page_and_paper(sold: Booking, client: Client) -> None:
    invoice = issue()[0]

    seen = client.get(page(sold)).content.decode()
    pdf = client.post(page(sold, "print-invoice", invoice.pk)).content
    nepali = client.get(page(sold), headers={"Accept-Language": "ne"}).content.decode()

    assert "Rupees nine hundred only" in seen
    assert "Rupees nine hundred only" in text_of(pdf)
    assert "रुपैयाँ नौ सय मात्र" in nepali


def test_a_nepali_pdf_carries_devanagari(sold: Booking, taxed: None, client: Client) -> None:
    (invoice,) = issue()
    client.cookies["django_language"] = "ne"

    text = text_of(client.post(page(sold, "print-invoice", invoice.pk)).content)

    assert "दालभात" in text.replace(" ", "")
    assert str(invoice) in text


def test_a_name_and_pan_go_on_it_before_the_first_print_and_not_after(sold: Booking, client: Client) -> None:
    (invoice,) = issue()

    named = client.post(page(sold), {"name": "Himal Traders", "pan": "301234567"})
    printed = text_of(client.post(page(sold, "print-invoice", invoice.pk)).content)
    late = client.post(page(sold), {"name": "Somebody Else", "pan": ""}, follow=True)

    assert named.status_code == 302
    assert "Himal Traders" in printed
    assert "301234567" in printed
    assert "printed already" in late.content.decode()
    assert "Somebody Else" not in client.get(page(sold)).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceBuyer.objects.create(invoice=invoice, name="Past the service", actor="x")


@pytest.mark.parametrize("given", [{"name": ""}, {"name": "Asha", "pan": "12"}, {"name": "Asha", "pan": "1234567890"}])
def test_a_buyer_without_name_or_with_a_wrong_pan_is_refused(
    sold: Booking, client: Client, given: dict[str, str]
) -> None:
    issue()

    assert client.post(page(sold), given).status_code == 422
    assert not InvoiceBuyer.objects.exists()


def test_what_is_not_yours_is_not_found(sold: Booking, api: Api, stage: cast.Stage, client: Client) -> None:
    (invoice,) = issue()
    theirs = purchase.row(purchase.buy(api, stage, "B1", token=cast.BIKASH_TOKEN))
    wrong = {
        "no key": client.get(page(sold, key="")),
        "wrong key": client.get(page(sold, key=selectors.link_key(theirs.pk))),
        "print without key": client.post(page(sold, "print-invoice", invoice.pk, key="")),
        "print of another's": client.post(page(theirs, "print-invoice", invoice.pk)),
        "name without key": client.post(page(sold, key=""), {"name": "X"}),
    }

    assert {name: answer.status_code for name, answer in wrong.items()} == dict.fromkeys(wrong, 404)
    assert client.get(page(sold)).status_code == 200
    assert not InvoiceCopy.objects.exists()


def test_an_unpaid_booking_has_none(api: Api, stage: cast.Stage, client: Client) -> None:
    waiting = purchase.row(purchase.book(api, stage, "A1"))

    assert client.get(page(waiting)).status_code == 404
    assert issue() == []


def test_the_page_waits_for_the_timer(sold: Booking, client: Client) -> None:
    answer = client.get(page(sold))

    assert answer["Refresh"] == "3"
    assert "It is being made" in answer.content.decode()


def test_the_ticket_page_leads_to_it(sold: Booking, client: Client) -> None:
    shown = client.get(page(sold, "ticket")).content.decode()

    assert reverse("invoice", args=[sold.pk]) in shown


def test_money_back_has_a_credit_note(sold: Booking, taxed: None, client: Client) -> None:
    (invoice,) = issue()
    now = timezone.now()
    giving_back.cancel(booking_id=sold.pk, seats=["A1"], actor=cast.ASHA, now=now, amount=Decimal(400))
    issue_invoices()
    assert not Invoice.objects.filter(kind="CREDIT").exists()  # promised is not given

    refund_all()
    _invoice, note = issue()

    assert (note.number, note.total, note.original) == (1, Decimal(400), invoice)
    assert Decimal(note.taxes[0]["base"]) + sum(Decimal(part["amount"]) for part in note.taxes) == 400
    assert len(issue()) == 2
    assert of_invoices() == []
    assert str(note) in client.get(page(sold)).content.decode()
    assert "Credit note" in text_of(client.post(page(sold, "print-invoice", note.pk)).content)


def test_a_sale_given_back_before_the_timer_came_is_invoiced_and_credited_whole(sold: Booking) -> None:
    giving_back.cancel(booking_id=sold.pk, seats=["A2"], actor=cast.ASHA, now=timezone.now())
    refunding.cancel_booking(booking_id=sold.pk, actor=cast.ASHA, now=timezone.now())
    refund_all()

    issued = issue()

    assert (issued[0].kind, issued[0].total) == ("INVOICE", Decimal(900))
    assert sum(one.total for one in issued[1:]) == sum(refund.amount for refund in Refund.objects.all())
    assert of_invoices() == []


def test_money_that_bought_nothing_goes_back_without_a_credit_note(sold: Booking) -> None:
    now = timezone.now()
    second = Payment.objects.create(
        booking=sold, gateway="fake", session="again", amount=900, currency="NPR", status="SUCCESS",
        expires_at=now, settled_at=now,
    )  # fmt: skip
    Refund.objects.create(payment=second, amount=900, reason=Refund.Reason.DOUBLE, actor="x", done_at=now)

    assert [(one.kind, one.total) for one in issue()] == [("INVOICE", Decimal(900))]
    assert of_invoices() == []


def test_nobody_changes_an_invoice_or_takes_it_away(sold: Booking) -> None:
    (invoice,) = issue()

    for sql in ("UPDATE payments_invoice SET total = 1", "DELETE FROM payments_invoice"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Invoice.objects.get().total == invoice.total


def test_the_oracle_finds_a_forgotten_sale_and_a_gap(sold: Booking) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Booking.objects.filter(pk=sold.pk).update(confirmed_at=long_ago, created_at=long_ago)
    assert [violation.rule for violation in of_invoices()] == ["I16 a sale of ours has no invoice"]

    issue()
    assert of_invoices() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_invoicecounter SET last = 3")
    assert [violation.rule for violation in of_invoices()] == ["I16 the numbers of invoices have a gap"]


def test_the_register_is_a_file_without_formulas(sold: Booking, taxed: None, devi: User, client: Client) -> None:
    issue()
    client.post(page(sold), {"name": '=HYPERLINK("x")', "pan": ""})
    client.force_login(devi)
    address = reverse("admin:payments_invoice_register")
    chosen = f"{sold.showtime.cinema_id} {Invoice.objects.get().fiscal_year}"

    assert client.get(address).status_code == 200
    answer = client.post(address, {"register": chosen})

    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert row["number"] == str(Invoice.objects.get())
    assert row["buyer"] == '\'=HYPERLINK("x")'
    assert Decimal(row["taxable"]) + Decimal(row["tax"]) == Decimal(row["total"]) == 900


def test_another_cinemas_register_is_not_there(sold: Booking, client: Client) -> None:
    issue()
    elsewhere = cast.make_stage(name="Other Cinema").cinema
    client.force_login(cast.make_user("maya@example.com", role="manager", cinemas=(elsewhere,)))
    chosen = f"{sold.showtime.cinema_id} {Invoice.objects.get().fiscal_year}"

    answer = client.post(reverse("admin:payments_invoice_register"), {"register": chosen})

    assert answer["Content-Type"].startswith("text/html")
    assert str(Invoice.objects.get()) not in client.get(reverse("admin:payments_invoice_changelist")).content.decode()


def test_a_manager_reads_tax_rules_and_an_admin_writes_those_of_their_cinema(
    taxed: None, stage: cast.Stage, devi: User, client: Client
) -> None:
    add = reverse("admin:bookings_taxrule_add")
    client.force_login(devi)
    assert client.get(reverse("admin:bookings_taxrule_changelist")).status_code == 200
    assert client.get(add).status_code == 403

    client.force_login(cast.make_user("om@example.com", role="admin", cinemas=(stage.cinema,)))
    given = {"name": "Local", "name_ne": "", "percent": "5", "applies_to": "ALL", "how": "INSIDE"}
    given["starts_on"] = "2026-07-17"
    assert client.post(add, given).status_code == 200  # for every cinema: asked for one of theirs
    assert client.post(add, given | {"cinema": str(stage.cinema.pk)}).status_code == 302
    assert TaxRule.objects.get(name="Local").cinema == stage.cinema
