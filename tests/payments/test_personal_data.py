"""What we know of a person is handed out, and forgotten, when they ask and by itself long after the show (S14)."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from bookings import dispatch
from bookings.models import Booking, Favourite, HelpfulVote, Notice, Review, Standby
from payments import audit
from payments.models import GiftVoucher, Payment, Refund, WebhookEvent
from payments.personal_map import TABLES
from payments.services import forgetting, invoicing, refunding
from seatsync.models import OpeningNotice, SeatEvent
from showsewa import promises
from showsewa.models import StoredAnswer, User
from tests import cast, purchase
from tests.conftest import Api
from venues.models import Showtime

NAME, EMAIL, PHONE = "Zerina Unforgettable", "zerina@planted.example", "+9779841234509"
DETAILS = {"name": NAME, "email": EMAIL, "phone": PHONE}
ADMIN, MINE = "/admin/personal-data/", "/me/data/"


@pytest.fixture
def zerina(stage: cast.Stage) -> User:
    return cast.make_user(EMAIL, first_name="Zerina", last_name="Unforgettable", phone=PHONE)


@pytest.fixture
def signed(zerina: User) -> Client:
    client = Client()
    client.force_login(zerina)
    return client


@pytest.fixture
def office(stage: cast.Stage) -> Client:
    client = Client()
    client.force_login(cast.make_user("office@example.com", role="admin", cinemas=(stage.cinema,)))
    return client


def buy(client: Client, stage: cast.Stage, *seats: str) -> dict:
    """A sale with everything that may remember who bought: a keyed answer, a gateway's message, mails."""
    api = Api(client=client)
    held = api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": list(seats)}).json()
    body = {"holdId": held["holdId"], "userDetails": DETAILS, "paymentMethod": "CARD"}
    booking = api.post("/bookings/confirm", body, Idempotency_Key=f"key-{seats[0]}").json()
    said = {"payer": DETAILS, "amount": str(purchase.row(booking).total)}
    purchase.send(Api(), purchase.event(purchase.session_of(booking), **said))
    promises.keep(Notice, dispatch.send, now=timezone.now())
    return booking


def give_back(client: Client, booking: dict, seat: str) -> None:
    """One seat, with the reason in the buyer's own words."""
    body = {"seatIds": [seat], "reason": f"{NAME} fell ill, call {PHONE}"}
    answer = Api(client=client).post(f"/bookings/{booking['bookingId']}/cancel", body, Idempotency_Key="give-back")
    assert answer.status_code == 200
    for refund in Refund.objects.filter(done_at=None):
        refunding.send_refund(refund)
    Refund.objects.update(done_at=timezone.now())


def pass_by(stage: cast.Stage, **ago: float) -> None:
    """The show is over since then."""
    end = timezone.now() - timedelta(**ago)
    times = {"starts_at": end - timedelta(hours=2), "ends_at": end, "busy_until": end}
    Showtime.objects.filter(pk=stage.showtime.pk).update(**times)


def remembered() -> dict[str, list[str]]:
    """Table by table of the whole database: which of the planted words a row of it still has, in text or in bytes."""
    words = {word: word.encode().hex() for word in (NAME, "Zerina", EMAIL, PHONE, PHONE[-10:])}
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            for word, encoded in words.items():
                ask = f'SELECT EXISTS (SELECT FROM "{table}" t WHERE t::text ILIKE %s OR t::text LIKE %s)'
                cursor.execute(ask, [f"%{word}%", f"%{encoded}%"])
                if cursor.fetchone()[0]:
                    found.setdefault(table, []).append(word)
    return found


def test_who_asks_to_be_forgotten_is_in_no_table_and_the_books_still_balance(
    stage: cast.Stage, signed: Client, zerina: User
) -> None:
    booking = buy(signed, stage, "A1", "A2")
    give_back(signed, booking, "A2")
    Review.objects.create(movie=stage.movie, booking=purchase.row(booking), author="a", rating=5, name="Zerina")
    assert {"bookings_booking", "payments_webhookevent", "showsewa_user"} <= set(remembered())
    pass_by(stage, minutes=1)

    answer = signed.post(MINE, {"erase": "1"})

    assert answer.status_code == 302
    assert remembered() == {}
    assert "_auth_user_id" not in signed.session
    assert not User.objects.get(pk=zerina.pk).is_active
    assert Payment.objects.get().amount == 900
    assert Refund.objects.count() == 1
    assert audit.violations() == []


def test_the_journal_never_knew_who_it_was(stage: cast.Stage, signed: Client) -> None:
    booking = buy(signed, stage, "A1")
    Api(client=signed).post(f"/bookings/{booking['bookingId']}/cancel", {"reason": f"{NAME} is ill"})

    told = " ".join(f"{event.actor} {event.reason} {event.reference}" for event in SeatEvent.objects.all())

    assert "CUSTOMER" in told
    assert [word for word in (NAME, EMAIL, PHONE) if word in told] == []


def test_what_is_not_over_or_not_paid_back_stays_until_it_is(stage: cast.Stage, signed: Client, zerina: User) -> None:
    booking = buy(signed, stage, "A1")

    signed.post(MINE, {"erase": "1"})
    assert purchase.row(booking).email == EMAIL
    assert User.objects.get(pk=zerina.pk).is_active

    Api(client=signed).post(f"/bookings/{booking['bookingId']}/cancel", {})
    pass_by(stage, minutes=1)
    signed.post(MINE, {"erase": "1"})
    assert purchase.row(booking).email == EMAIL  # the refund has not gone yet

    Refund.objects.update(done_at=timezone.now())
    signed.post(MINE, {"erase": "1"})
    assert purchase.row(booking).email == ""


def test_a_person_takes_along_all_we_know_and_nothing_of_others(stage: cast.Stage, signed: Client, api: Api) -> None:
    booking = buy(signed, stage, "A1")
    other = purchase.buy(api, stage, "B1")

    answer = signed.post(MINE, {"export": "1"})

    told = json.loads(answer.content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert (told["account"]["email"], told["bookings"][0]["phone"]) == (EMAIL, PHONE)
    assert [line["amount"] for line in told["payments"]] == ["450.00"]
    assert {notice["kind"] for notice in told["notices"]} == {"CONFIRMATION", "REMINDER"}
    assert booking["bookingId"] in answer.content.decode()
    assert other["bookingId"] not in answer.content.decode()


def test_the_office_finds_a_guest_by_address_or_phone_hands_out_and_erases(
    stage: cast.Stage, office: Client, api: Api
) -> None:
    booking = purchase.buy(api, stage, "A1")
    mail, phone = purchase.DETAILS["email"], "9800000000"
    pass_by(stage, minutes=1)

    for asked in ({"email": mail.upper()}, {"phone": phone}):
        assert booking["bookingReference"] in office.post(ADMIN, asked).content.decode()
    assert json.loads(office.post(ADMIN, {"email": mail, "export": "1"}).content)["bookings"][0]["email"] == mail
    page = office.post(ADMIN, {"phone": phone, "erase": "1"}).content.decode()

    assert "Nothing is known under this address" in page
    assert purchase.row(booking).email == purchase.row(booking).phone == purchase.row(booking).name == ""
    assert "needs" not in page and "Erased in 1 booking." in page


def test_only_who_may_sees_the_page_and_only_their_cinemas(
    stage: cast.Stage, devi: User, api: Api, office: Client
) -> None:
    elsewhere = cast.make_stage(name="Rara Cinema")
    booking = purchase.buy(api, elsewhere, "A1")
    manager = Client()
    manager.force_login(devi)

    assert manager.get(ADMIN).status_code == 403
    assert Client().get(ADMIN).status_code == 302
    assert Client().post(MINE, {"export": "1"}).status_code == 302
    pass_by(elsewhere, minutes=1)
    assert "Nothing is known" in office.post(ADMIN, {"email": "asha@example.com", "erase": "1"}).content.decode()
    assert purchase.row(booking).email == "asha@example.com"


def test_after_the_time_of_retention_it_happens_by_itself(stage: cast.Stage, api: Api, settings) -> None:
    booking = purchase.buy(api, stage, "A1", "A2")
    young = purchase.buy(api, cast.make_stage(name="Rara Cinema"), "A1")
    purchase.send(api, purchase.event(purchase.session_of(booking), amount="900.00"))
    old = timezone.now() - timedelta(days=settings.KEEP_PERSONAL_DAYS + 1)
    assert forgetting.forget_old(now=timezone.now()) == 0
    pass_by(stage, days=settings.KEEP_PERSONAL_DAYS + 1)
    Booking.objects.filter(pk=booking["bookingId"]).update(created_at=old)
    WebhookEvent.objects.update(received_at=old)

    assert forgetting.forget_old(now=timezone.now()) == 2

    assert purchase.row(booking).email == purchase.row(booking).phone == ""
    assert WebhookEvent.objects.get().body == ""
    assert purchase.row(young).email == "asha@example.com"
    assert forgetting.forget_old(now=timezone.now()) == 0
    assert audit.violations() == []


def test_an_erased_booking_still_shows_its_money_to_its_owner(stage: cast.Stage, api: Api) -> None:
    booking = purchase.buy(api, stage, "A1")
    pass_by(stage, minutes=1)
    forgetting.forget(list(Booking.objects.all()), now=timezone.now())

    status = api.get(f"/payments/status/{booking['bookingId']}", **purchase.AS_ASHA).json()

    assert status["payments"][0]["amount"] == 450
    assert not StoredAnswer.objects.filter(body__isnull=True).exclude(status=None).exists()


# Parts of names of fields that may hold what belongs to a person.
TELLING = {
    "actor", "address", "addresses", "author", "body", "buyer", "by", "data", "email", "facts", "metadata", "name",
    "note", "owner", "persons", "phone",
}  # fmt: skip


def tables() -> set[str]:
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields if model._meta.managed and not model._meta.proxy else ():
            is_of_user = field.related_model is User
            is_time = isinstance(field, models.DateField | models.BooleanField)
            if is_of_user or (not field.is_relation and not is_time and TELLING & set(field.name.split("_"))):
                found.add(model._meta.label)
    return found


def test_every_table_that_may_hold_a_person_is_handed_out_and_erased_or_says_why_not() -> None:
    assert tables() == set(TABLES)
    for label, table in TABLES.items():
        assert bool(table.told) != bool(table.untold) and bool(table.erased) != bool(table.stays), label


def test_the_export_has_every_section_with_what_is_in_it(stage: cast.Stage, signed: Client, zerina: User) -> None:
    booking = buy(signed, stage, "A1")
    invoicing.issue_due()
    row = purchase.row(booking)
    review = Review.objects.create(movie=stage.movie, booking=row, author="somebody", rating=5)
    HelpfulVote.objects.create(review=review, user=zerina)
    until, key = stage.showtime.starts_at, f"user:{zerina.pk}"
    Standby.objects.create(showtime=stage.showtime, owner=key, email=EMAIL, party=2, until=until)
    Standby.objects.create(showtime=stage.showtime, owner="guest:x", email="other@example.com", party=3, until=until)
    for address in (EMAIL, "other@example.com"):
        asked = {"movie": stage.movie, "city": "Kathmandu", "medium": "EMAIL", "due_at": until}
        OpeningNotice.objects.create(address=address, **asked)
    refund = Refund.objects.create(payment=row.payments.get(), amount=1, due_at=until, actor="x", reason="STAFF")
    voucher = GiftVoucher.objects.create(digest="d", last4="QX9D", currency="NPR", reason="GOODWILL", issued_by="x")
    voucher.entries.create(kind="RETURN", amount=1, refund=refund, actor="x")

    told = json.loads(signed.post(MINE, {"export": "1"}).content)

    assert {table.told for table in TABLES.values() if table.told} == set(told)
    assert [one["people"] for one in told["waitingLists"]] == [2]
    assert [one["address"] for one in told["openingNotices"]] == [EMAIL]
    assert [one["voucher"] for one in told["vouchers"]] == ["…QX9D"]
    assert len(told["helpfulVotes"]) == 1 and told["invoices"][0]["bookingId"] == booking["bookingId"]


def test_who_is_forgotten_waits_for_nothing_and_likes_nothing(stage: cast.Stage, signed: Client, zerina: User) -> None:
    review = Review.objects.create(movie=stage.movie, booking=purchase.row(purchase.buy(Api(), stage, "B1")), rating=5)
    HelpfulVote.objects.create(review=review, user=zerina)
    Favourite.objects.create(user=zerina, movie=stage.movie)

    signed.post(MINE, {"erase": "1"})

    assert not HelpfulVote.objects.exists() and not Favourite.objects.exists()
