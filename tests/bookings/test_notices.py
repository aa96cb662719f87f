"""Notices: what people are told, in which words, and that they are told once."""

import email
import re
import smtplib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.utils import timezone

from bookings import dispatch, emails, links, notices, selectors, sms
from bookings.models import Booking, Notice
from bookings.services import checkout, holds
from payments.gateways import fake
from payments.models import Refund
from payments.services import buying, refunding, settling
from showsewa import promises
from showsewa.running import messages
from tests import cast
from venues.models import Showtime

ROOT = Path(__file__).resolve().parents[2]
KINDS = list(Notice.Kind)


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    messages.compile_all(ROOT)


@pytest.fixture(autouse=True)
def mailbox(settings: LazySettings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "showsewa.mailbox.EmailBackend"
    settings.SMS_BACKEND = "bookings.sms.File"
    settings.MAILBOX = tmp_path
    return tmp_path


def buy(stage: cast.Stage, *, language: str = "en", **buyer: str) -> Booking:
    """Asha's two seats, paid; by default with an address for each medium."""
    now = timezone.now()
    given = {"name": "Asha Gurung", "email": "asha@example.com", "phone": "+977 9812345678"} | buyer
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1", "A2"], actor=cast.ASHA, language=language)
    bought = buying.buy(
        booking_id=held.booking.pk,
        buyer=checkout.Buyer(**given),
        payment_method="CARD",
        return_path="/",
        actor=cast.ASHA,
        now=now,
    )
    assert bought.payment is not None
    settling.settle(fake.charge(bought.payment.session, "tok_ok"), gateway="fake", now=now)
    return Booking.objects.get(pk=held.booking.pk)


def keep(*, later: timedelta = timedelta()) -> int:
    return promises.keep(Notice, dispatch.send, now=timezone.now() + later)


def mails(mailbox: Path) -> list[EmailMessage]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(mailbox.glob("*.eml"))
    ]


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def make_notice(booking: Booking, kind: Notice.Kind, medium: str = "EMAIL", **facts: str) -> Notice:
    given = notices.money_facts(Decimal(450), "NPR", expected_by=timezone.now() + timedelta(days=7))
    given |= {"leave": "/waiting-list/leave/", "old": "A1", "new": "B1"} | facts
    return Notice.objects.create(booking=booking, kind=kind, medium=medium, about="test", facts=given)


def test_a_sale_is_confirmed_by_mail_and_sms(stage: cast.Stage, mailbox: Path) -> None:
    booking = buy(stage)

    keep()

    [mail] = mails(mailbox)
    assert booking.reference in mail["Subject"]
    assert mail["To"] == "Asha Gurung <asha@example.com>"
    for kind in ("plain", "html"):
        text = part(mail, kind)
        assert "A1, A2" in text
        assert "NPR 900" in text
        assert "UTC+05:45" in text
        assert links.ticket_url(booking) in text
    [message] = mailbox.glob("*.sms")
    assert booking.reference in message.read_text()


def test_the_mail_shows_the_code_of_each_seat(stage: cast.Stage, mailbox: Path) -> None:
    buy(stage)

    keep()

    [mail] = mails(mailbox)
    pictures = {str(one["Content-ID"]).strip("<>"): one for one in mail.walk() if one.get_content_type() == "image/png"}
    shown = re.findall(r'src="cid:([^"]+)"', part(mail, "html"))
    assert len(shown) == 2
    assert sorted(shown) == sorted(pictures)
    assert all(one.get_content().startswith(b"\x89PNG") for one in pictures.values())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ne"])
def test_each_kind_is_written_in_the_language_of_the_booking(
    stage: cast.Stage, kind: Notice.Kind, language: str
) -> None:
    booking = buy(stage, language=language)
    notice = make_notice(booking, kind)

    letter = emails.render(notice)

    is_nepali = language == "ne"
    assert f'<html lang="{language}">' in letter.html
    assert ("दालभात पावर" if is_nepali else "Dal Bhat Power") in letter.subject + letter.html
    assert ("नमस्ते" if is_nepali else "Namaste") in letter.text
    assert "\n" not in letter.subject
    whole = letter.html.replace(booking.reference or "", "")
    left = re.sub(r"<style>.*?</style>|<[^>]+>|https?://\S+", " ", whole, flags=re.DOTALL)
    english = set(re.findall(r"[A-Za-z]{4,}", left)) - {"Asha", "Gurung", "Hall", "Kathmandu", "Main", "ShowSewa"}
    assert bool(english) != is_nepali, english


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ne"])
def test_each_kind_has_its_sms(stage: cast.Stage, kind: Notice.Kind, language: str) -> None:
    booking = buy(stage, language=language)

    text = sms.render(make_notice(booking, kind, "SMS"))

    assert len(text) <= (sms.LONGEST_IN_NEPALI if language == "ne" else sms.LONGEST)
    assert links.short_url(booking) in text


def test_a_long_title_is_cut_so_that_the_sms_stays_one(stage: cast.Stage) -> None:
    stage.movie.title = "The very long and winding story of a tempo that never " * 3
    stage.movie.save(update_fields=["title"])
    booking = buy(stage)

    text = sms.render(make_notice(booking, Notice.Kind.CONFIRMATION, "SMS"))

    assert len(text) <= sms.LONGEST
    assert text.startswith("The very long")
    assert "A1, A2" in text


@pytest.mark.parametrize(
    ("reason", "told"),
    [("LATE", "after the time for these seats"), ("DOUBLE", "second payment"), ("MISMATCH", "not what we asked for")],
)
def test_a_payment_that_cannot_be_used_is_explained(stage: cast.Stage, reason: str, told: str) -> None:
    notice = make_notice(buy(stage), Notice.Kind.LATE_PAYMENT, reason=reason)

    letter = emails.render(notice)

    assert told in letter.text
    assert "NPR 450 comes back to you" in letter.text
    assert told in letter.html


def test_a_cancellation_says_what_comes_back_and_the_refund_when_it_is_sent(stage: cast.Stage, mailbox: Path) -> None:
    booking = buy(stage)
    keep()

    refunding.cancel_booking(booking_id=booking.pk, actor=cast.ASHA, now=timezone.now())
    keep()
    promises.keep(Refund, refunding.send_refund, now=timezone.now())
    keep()

    _confirmed, cancelled, refunded = mails(mailbox)
    assert "NPR 450 comes back to you" in part(cancelled, "plain")
    assert "NPR 450 sent back to you" in refunded["Subject"]


def test_money_that_comes_twice_is_promised_back_in_a_mail(stage: cast.Stage, mailbox: Path) -> None:
    booking = buy(stage)
    payment = booking.payments.get()

    report = fake.charge(payment.session, "tok_ok")
    second = type(report)(report.session, report.word, report.amount, report.currency, "ch_second")
    settling.settle(second, gateway="fake", now=timezone.now())
    keep()

    told = [mail for mail in mails(mailbox) if "goes back to you" in mail["Subject"]]
    assert len(told) == 1
    assert "second payment" in part(told[0], "plain")
    assert "NPR 900" in part(told[0], "plain")


def test_a_reminder_goes_out_before_the_show(stage: cast.Stage, mailbox: Path) -> None:
    buy(stage, phone="")
    keep()

    keep(later=timedelta(hours=2, minutes=1))

    assert [mail["Subject"].partition(":")[0] for mail in mails(mailbox)] == ["Your tickets", "Reminder"]


def test_no_reminder_after_a_cancellation(stage: cast.Stage, mailbox: Path) -> None:
    booking = buy(stage, phone="")
    keep()
    refunding.cancel_booking(booking_id=booking.pk, actor=cast.ASHA, now=timezone.now())

    keep(later=timedelta(hours=3))

    assert "Reminder" not in " ".join(mail["Subject"] for mail in mails(mailbox))
    assert not Notice.objects.filter(promises.OPEN).exists()


def test_a_reminder_that_is_late_for_the_show_is_closed_without_a_word(stage: cast.Stage, mailbox: Path) -> None:
    buy(stage, phone="")
    keep()
    begun = timezone.now() - timedelta(minutes=5)
    Showtime.objects.filter(pk=stage.showtime.pk).update(starts_at=begun)

    keep(later=timedelta(hours=3))

    assert len(mails(mailbox)) == 1
    assert Notice.objects.get(kind=Notice.Kind.REMINDER).done_at is not None


def test_a_confirmation_of_what_is_cancelled_by_now_is_not_sent(stage: cast.Stage, mailbox: Path) -> None:
    booking = buy(stage, phone="")
    refunding.cancel_booking(booking_id=booking.pk, actor=cast.ASHA, now=timezone.now())

    keep()

    [mail] = mails(mailbox)
    assert mail["Subject"].startswith("Cancelled")


def test_names_are_escaped_in_html_and_plain_in_text(stage: cast.Stage) -> None:
    booking = buy(stage, name="<img onerror=x> & Co")

    letter = emails.render(make_notice(booking, Notice.Kind.CONFIRMATION))

    assert "<img onerror" not in letter.html
    assert "&lt;img onerror=x&gt; &amp; Co" in letter.html
    assert "<img onerror=x> & Co" in letter.text


def test_a_name_cannot_add_a_header(stage: cast.Stage, mailbox: Path) -> None:
    buy(stage, name="Asha\r\nBcc: everyone@example.com", phone="")

    keep()

    [mail] = mails(mailbox)
    assert mail["Bcc"] is None
    assert [str(to.addr_spec) for to in mail["To"].addresses] == ["asha@example.com"]


def test_a_title_cannot_add_a_header(stage: cast.Stage, mailbox: Path) -> None:
    stage.movie.title = "Momo\nBcc: everyone@example.com"
    stage.movie.save(update_fields=["title"])
    buy(stage, phone="")

    keep()

    assert mails(mailbox)[0]["Bcc"] is None


@pytest.mark.parametrize("address", ["a@example.com\nBcc: b@example.com", "a@example.com, b@example.com", "nonsense"])
def test_an_address_that_is_none_goes_to_a_person_at_once(stage: cast.Stage, mailbox: Path, address: str) -> None:
    booking = buy(stage, phone="")
    Booking.objects.filter(pk=booking.pk).update(email=address)

    keep()

    notice = Notice.objects.get(kind=Notice.Kind.CONFIRMATION)
    assert notice.failed_at is not None
    assert "not an e-mail address" in notice.last_error
    assert mails(mailbox) == []


class Broken(BaseEmailBackend):
    """A mail server with a plan: what it does to each message, in turn."""

    answers: list[Exception | None] = []
    seen: list[Any] = []

    def send_messages(self, email_messages: list[Any]) -> int:
        self.seen.extend(email_messages)
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer
        return len(email_messages)


@pytest.fixture
def broken(settings: LazySettings) -> Iterator[type[Broken]]:
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    Broken.seen, Broken.answers = [], []
    yield Broken


def test_a_mail_server_that_is_down_is_tried_again_with_the_same_message_id(
    stage: cast.Stage, broken: type[Broken]
) -> None:
    buy(stage, phone="")
    broken.answers = [ConnectionRefusedError("no mail today"), smtplib.SMTPServerDisconnected("bye"), None]

    keep()
    keep(later=timedelta(seconds=3))
    keep(later=timedelta(seconds=10))

    notice = Notice.objects.get(kind=Notice.Kind.CONFIRMATION)
    assert notice.done_at is not None
    assert notice.attempts == 3
    sent = {message.message()["Message-ID"] for message in broken.seen}
    assert len(broken.seen) == 3
    assert sent == {f"<{notice.pk.hex}@showsewa.example>"}


@pytest.mark.parametrize(("code", "is_over"), [(550, True), (451, False)])
def test_a_refused_address_is_given_up_and_a_busy_one_is_not(
    stage: cast.Stage, broken: type[Broken], code: int, is_over: bool
) -> None:
    buy(stage, phone="")
    broken.answers = [smtplib.SMTPRecipientsRefused({"asha@example.com": (code, b"no")})]

    keep()

    assert (Notice.objects.get(kind=Notice.Kind.CONFIRMATION).failed_at is not None) is is_over


def test_sent_again_on_purpose_it_is_a_new_message(stage: cast.Stage, mailbox: Path) -> None:
    booking = buy(stage)
    keep()

    notices.send_again(booking_id=booking.pk, now=timezone.now())
    keep()

    first, second = mails(mailbox)
    assert first["Message-ID"] != second["Message-ID"]
    assert len(list(mailbox.glob("*.sms"))) == 2


def test_a_phone_number_that_is_none_goes_to_a_person(stage: cast.Stage, mailbox: Path) -> None:
    buy(stage, email="", phone="ask me")

    keep()

    assert "not a phone number" in Notice.objects.get(kind=Notice.Kind.CONFIRMATION).last_error
    assert list(mailbox.glob("*.sms")) == []


def test_a_short_link_opens_the_ticket_and_no_other_does(stage: cast.Stage) -> None:
    booking = buy(stage)
    path = links.short_url(booking).partition("/t/")[2]

    answer = Client().get(f"/t/{path}")

    assert answer.status_code == 302
    assert answer["Location"] == f"/bookings/{booking.pk}/?key={selectors.link_key(booking.pk)}"
    for wrong in (path[:-1] + ("A" if path[-1] != "A" else "E"), path[:-2], "x", "%F0", "-" * 38):
        assert Client().get(f"/t/{wrong}").status_code == 404
