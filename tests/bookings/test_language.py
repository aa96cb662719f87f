"""The buyer's language and digits: on every page on the way, and in all that is sent later, whoever sends it."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from bookings import emails, notices, sms
from bookings.models import Booking, Notice
from bookings.services import holds
from payments.services import buying
from showsewa import nepali, numerals
from showsewa.running import messages
from tests import cast, translations
from tests.visitor import BUYER, Visitor, path

# GSM 03.38: what a text of 160 letters may be made of.
GSM = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà") | set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
LATIN_DIGITS = re.compile(r"[0-9]")


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    messages.compile_all(translations.ROOT)


def spoken(text: str) -> str:
    """What a reader sees, without what is typed, or stands on chairs and doors: seats, references, halls."""
    text = re.sub(
        r"<(style|script|svg|option|template)\b.*?</\1>|<label class=.spot .*?</label>", " ", text, flags=re.DOTALL
    )
    text = re.sub(r"<[^>]+>|https?://\S+", " ", text)
    return re.sub(r"\b[A-Z]{1,2}\d{1,2}\b|BK\w+|Hall \d|UTC\S+|\+?977\S*|\b2D\b|\b\w+@\S+|-?\d+\.\d{6}", " ", text)


def booked(stage: cast.Stage, language: str) -> Booking:
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1"], actor=cast.ASHA, language=language).booking
    buyer = buying.checkout.Buyer(name="Asha", email="asha@example.com", phone="9812345678")
    buying.buy(
        booking_id=held.pk, buyer=buyer, payment_method="fake", return_path="/", actor=cast.ASHA, now=timezone.now()
    )
    return Booking.objects.get(pk=held.pk)


def notice_of(booking: Booking, kind: Notice.Kind, **more: str) -> Notice:
    facts = notices.money_facts(Decimal(12500), "NPR", expected_by=timezone.now() + timedelta(days=7))
    facts |= {"leave": "/leave/", "old": "A1", "new": "B1", "payBy": timezone.now().isoformat()} | more
    return Notice(booking=booking, kind=kind, medium="EMAIL", about="x", facts=facts)


def test_what_is_sent_later_speaks_as_the_buyer_chose_when_paying(stage: cast.Stage) -> None:
    visitor = Visitor()
    booking = visitor.hold(stage, "A1")  # on an English page
    visitor.get(path(booking, "details/?lang=ne&digits=deva"))
    visitor.post(path(booking, "details/"), BUYER)

    booking.refresh_from_db()

    assert booking.language == "ne-u-nu-deva"
    visitor.get("/?lang=en")
    with translation.override("en"):  # as a worker has it
        assert emails.render(notice_of(booking, Notice.Kind.REMINDER)).language == "ne"


def test_every_notice_speaks_the_buyers_language_and_digits_whoever_sends_it(stage: cast.Stage) -> None:
    booking = booked(stage, "ne-u-nu-deva")
    with translation.override("ne"), numerals.using("deva"):
        day = numerals.said(nepali.spelled(nepali.day_of(stage.showtime.starts_at, stage.cinema.time_zone)))
    for kind in Notice.Kind:
        for more in ({}, {"onto": "voucher"}) if kind == Notice.Kind.REFUND else ({},):
            notice = notice_of(booking, kind, **more)
            letter = emails.render(notice)
            mail, text = emails.compose(notice, letter), sms.render(notice)

            assert mail.extra_headers["Content-Language"] == "ne" and '<html lang="ne">' in letter.html, kind
            for said in (letter.subject, letter.text, letter.html, text):
                assert LATIN_DIGITS.findall(spoken(said)) == [], (kind, spoken(said))
            assert day in letter.html and day in letter.text, kind
            assert len(text) <= sms.LONGEST_IN_NEPALI, kind


def test_every_sms_in_english_is_one_part_and_says_both_days(stage: cast.Stage) -> None:
    booking = booked(stage, "en")
    day = nepali.spelled(nepali.day_of(stage.showtime.starts_at, stage.cinema.time_zone), with_year=False)
    for kind in Notice.Kind:
        text = sms.render(notice_of(booking, kind, old="", new="B1"))

        assert len(text) <= 160 and set(text) <= GSM, (kind, text)
        has_room = len(text) + len(f" ({day})") <= 160
        assert kind == Notice.Kind.REFUND or f"({day})" in text or not has_room, (kind, text)


@pytest.mark.parametrize("language", ["en", "ne-u-nu-deva"])
def test_money_back_onto_a_voucher_is_not_said_to_go_to_a_bank(stage: cast.Stage, language: str) -> None:
    booking = booked(stage, language)
    told = []
    for more in ({"onto": "voucher"}, {}):
        notice = notice_of(booking, Notice.Kind.REFUND, **more)
        letter = emails.render(notice)
        told.append(f"{letter.html} {letter.text} {sms.render(notice)}")

    bank, voucher = ("बैंक", "भौचर") if language != "en" else ("bank", "voucher")
    assert voucher in told[0] and bank not in told[0]
    assert bank in told[1] and voucher not in told[1]


def test_pages_on_the_way_count_in_the_digits_that_were_chosen(stage: cast.Stage) -> None:
    visitor = Visitor()
    visitor.get("/?lang=ne&digits=deva")
    booking = visitor.buy(stage, "A1", "A2")
    held = visitor.hold(cast.make_stage(name="Rara Cinema"), "A1")
    asked = [
        "/", "/week/", "/coming/", "/search/?q=dal", f"/movies/{stage.movie.pk}/", f"/cinemas/{stage.cinema.slug}/",
        "/me/", path(held, "details/"), path(booking), path(booking, "cancel/"), path(booking, "exchange/"),
        path(booking, "invoice/"),
    ]  # fmt: skip

    for address in asked:
        answer = visitor.get(address, follow=True)
        page = answer.content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        assert '<html lang="ne"' in page and answer["Content-Language"] == "ne", address
        if answer.request["PATH_INFO"].startswith(("/movies", "/cinemas", "/week", "/coming")):
            assert all(f'hreflang="{language}"' in page for language in ("en", "ne", "x-default")), address
        if "invoice" not in address:  # a paper of the law, with the figures it was issued with
            left = [word for word in spoken(main).split() if LATIN_DIGITS.search(word)]
            assert left == [], address
