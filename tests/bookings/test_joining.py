"""What was bought without an account comes to it, once the address is proved, and never before."""

from typing import Any

from django.core import mail
from django.test import Client
from django.utils import timezone

from bookings import dispatch
from bookings.models import Booking, Notice
from showsewa import promises
from showsewa.models import User
from tests import cast, letters, purchase
from tests.conftest import Api


def guest_buys(stage: cast.Stage, *seats: str, email: str = "asha@example.com") -> tuple[Client, dict[str, Any]]:
    """A browser without an account, and its booking."""
    client = Client()
    client.get(f"/showtimes/{stage.path}/")
    api = Api(client=client)
    held = api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": list(seats)}).json()
    details = {"name": "Asha", "email": email, "phone": "9841234567"}
    body = {"holdId": held["holdId"], "userDetails": details, "paymentMethod": "CARD"}
    booking = api.post("/bookings/confirm", body).json()
    purchase.send(Api(), purchase.event(purchase.session_of(booking)))
    return client, booking


def ticket(client: Client, booking: dict[str, Any]) -> int:
    return client.get(f"/bookings/{booking['bookingId']}/").status_code


def test_a_guests_booking_joins_the_account_when_its_address_is_proved(stage: cast.Stage) -> None:
    browser, booking = guest_buys(stage, "A1", email="ASHA@example.com")
    client = Client()
    client.post("/register/", {"email": "asha@example.com"})
    assert ticket(client, booking) == 404 and Booking.objects.get().user is None

    client.post("/register/confirm/", {"code": letters.code()})

    assert ticket(client, booking) == 200 and booking["bookingReference"] in client.get("/me/").content.decode()
    assert ticket(browser, booking) == 200  # whoever bought it keeps it
    cancelled = Api(client=client).post(f"/bookings/{booking['bookingId']}/cancel", {})
    assert cancelled.status_code == 200


def test_a_booking_of_later_joins_at_the_next_signing_in(stage: cast.Stage) -> None:
    cast.make_user("asha@example.com")
    _browser, booking = guest_buys(stage, "A1")
    client = Client()

    letters.sign_in(client, "asha@example.com")

    assert ticket(client, booking) == 200


def test_an_address_nobody_proved_brings_nothing(stage: cast.Stage) -> None:
    _browser, booking = guest_buys(stage, "A1", email="bikash@example.com")
    client = Client()
    letters.open_account(client, "asha@example.com")

    client.post("/me/account/email/", {"action_add": "1", "email": "bikash@example.com"})
    client.post("/register/confirm/", {"code": "BBBB-BBBB"})
    assert ticket(client, booking) == 404

    client.post("/register/confirm/", {"code": letters.code()})
    assert ticket(client, booking) == 200


def test_staff_and_accounts_without_proof_get_nothing(stage: cast.Stage) -> None:
    _browser, booking = guest_buys(stage, "A1", email="new@example.com")
    User.objects.create_user("new@example.com", cast.PASSWORD, is_staff=True)
    client = Client()

    letters.sign_in(client, "new@example.com")

    assert ticket(client, booking) == 404


def test_another_account_and_a_channels_sale_stay_where_they_are(stage: cast.Stage) -> None:
    bikash = Client()
    bikash.force_login(cast.make_user("bikash@example.com"))
    held = Api(client=bikash).post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]}).json()
    details = {"name": "A", "email": "asha@example.com", "phone": ""}
    body = {"holdId": held["holdId"], "userDetails": details, "paymentMethod": "CARD"}
    booking = Api(client=bikash).post("/bookings/confirm", body).json()
    client = Client()

    letters.open_account(client)

    assert ticket(client, booking) == 404


def test_seats_held_before_signing_in_stay_held_for_whoever_signed_in(stage: cast.Stage) -> None:
    cast.make_user("asha@example.com")
    client = Client()
    client.get(f"/showtimes/{stage.path}/")
    held = Api(client=client).post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]}).json()

    letters.sign_in(client, "asha@example.com")

    assert client.get(f"/bookings/{held['holdId']}/details/").status_code == 200
    assert Api(client=client).send("DELETE", f"/bookings/hold/{held['holdId']}").status_code == 200


def test_what_is_to_come_stands_before_what_was(stage: cast.Stage) -> None:
    client = Client()
    letters.open_account(client)
    later = cast.make_showtime(stage.hall, stage.movie, starts_at=timezone.now() + timezone.timedelta(days=2))
    for show, seat in ((str(later.pk), "A1"), (stage.path, "A2")):
        held = Api(client=client).post("/bookings/hold", {"showtimeId": show, "seatIds": [seat]}).json()
        purchase.confirm(Api(client=client), held["holdId"])
    gone = Booking.objects.get(showtime=later)
    Api(client=client).post(f"/bookings/{gone.pk}/cancel", {})

    page = client.get("/me/").content.decode()

    assert page.index("To come") < page.index(">A2<") < page.index(">Over<") < page.index(">A1<")


def test_switched_off_messages_are_not_sent_but_the_ticket_is(stage: cast.Stage) -> None:
    user = cast.make_user("asha@example.com", wants_reminders=False, wants_sms=False)
    guest_buys(stage, "A1")
    Booking.objects.update(user=user)
    sold = Booking.objects.get()
    Notice.objects.all().delete()
    kinds = [(kind, medium) for kind in ("CONFIRMATION", "REMINDER") for medium in ("EMAIL", "SMS")]
    for kind, medium in kinds:
        Notice.objects.create(booking=sold, kind=kind, medium=medium)

    promises.keep(Notice, dispatch.send, now=timezone.now())

    assert Notice.objects.filter(done_at=None).count() == 0
    assert [letter.to for letter in mail.outbox] == [["Asha <asha@example.com>"]]
