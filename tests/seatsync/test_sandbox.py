"""Sandbox and live kept apart, and the weather a test key may ask for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from bookings.models import Booking
from payments import audit
from payments.models import FakeMessage, Payment
from payments.services import testing
from seatsync import channels
from seatsync.models import Channel, Subscription
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from venues.models import Cinema


@pytest.fixture
def live(stage: cast.Stage) -> cast.Stage:
    """A second cinema, in earnest."""
    made = cast.make_stage(name="Rara Cinema")
    Cinema.objects.filter(pk=made.cinema.pk).update(is_sandbox=False)
    made.cinema.refresh_from_db()
    return made


@pytest.fixture
def channel(stage: cast.Stage, live: cast.Stage) -> Channel:
    made = Channel.objects.create(name="Moviepass", kind="PLATFORM", sources=["OTHER_PLATFORM"])
    made.cinemas.set([stage.cinema, live.cinema])
    return made


def key_of(channel: Channel, *, is_test: bool) -> Api:
    scopes = [*cast.ALL_SCOPES, "payments:refund"]
    return Api(channels.issue_key(channel, scopes=scopes, now=timezone.now(), is_test=is_test)[1])


@pytest.fixture
def trial(channel: Channel) -> Api:
    return key_of(channel, is_test=True)


@pytest.fixture
def earnest(channel: Channel) -> Api:
    return key_of(channel, is_test=False)


def hold(api: Api, at: cast.Stage, *seats: str, **headers: str) -> Any:
    return api.post("/bookings/hold", {"showtimeId": at.path, "seatIds": seats, "sessionToken": "t"}, **headers)


def sale(seat: str) -> dict[str, str]:
    return {"seatNumber": seat, "status": "BOOKED", "bookingSource": "OTHER_PLATFORM", "bookingReference": f"M-{seat}"}


# Every family of routes that names a showtime.
ASKED: dict[str, Callable[[Api, cast.Stage], Any]] = {
    "state": lambda api, at: api.get(f"/showtimes/{at.path}/state"),
    "seats": lambda api, at: api.get(f"/showtimes/{at.path}/seats"),
    "deltas": lambda api, at: api.get(f"/showtimes/{at.path}/seats?since=0"),
    "prices": lambda api, at: api.get(f"/showtimes/{at.path}/prices"),
    "inventory": lambda api, at: api.get(f"/showtimes/{at.path}/inventory"),
    "availability": lambda api, at: api.get(f"/seat-sync/availability/{at.path}"),
    "seats of 004": lambda api, at: api.get(f"/seats/shows/{at.path}"),
    "free seats of 004": lambda api, at: api.get(f"/seats/shows/{at.path}/available"),
    "seats of 002": lambda api, at: api.get(f"/events/{at.path}/seats"),
    "journal": lambda api, at: api.get(f"/seat-sync/events/{at.path}"),
    "hold": lambda api, at: hold(api, at, "A1"),
    "hold of 004": lambda api, at: api.post("/bookings/hold-seats", {"showId": at.path, "showSeatIds": ["A2"]}),
    "hold of 003": lambda api, at: api.post(f"/showtimes/{at.path}/seats/reserve", {"seatIds": ["A3"]}),
    "hold of 002": lambda api, at: api.post(f"/events/{at.path}/seats/reserve", {"seatIds": ["A4"]}),
    "booking": lambda api, at: api.post("/bookings", {"showId": at.path, "showSeatIds": ["A5"], "userId": "u"}),
    "report": lambda api, at: api.post("/seat-sync/bulk-update", {"showtimeId": at.path, "seatUpdates": [sale("B1")]}),
    "block": lambda api, at: api.post(
        "/seat-sync/block", {"showtimeId": at.path, "seatIds": ["B2"], "reason": "camera"}
    ),
}


@pytest.mark.parametrize("family", ASKED)
def test_a_key_reaches_showtimes_of_its_own_kind_only(
    stage: cast.Stage, live: cast.Stage, trial: Api, earnest: Api, family: str
) -> None:
    ask = ASKED[family]

    answers = {(kind, at.cinema.name): ask(api, at).status_code for kind, api in (("t", trial), ("l", earnest))
               for at in (stage, live)}  # fmt: skip

    refused = {name for name, status in answers.items() if status == 404}
    assert refused == {("t", "Rara Cinema"), ("l", "Himal Cinema")}
    assert all(status < 300 for name, status in answers.items() if name not in refused)


def test_a_test_key_finds_no_live_booking_of_its_own_channel(live: cast.Stage, trial: Api, earnest: Api) -> None:
    held = hold(earnest, live, "A1").json()["holdId"]
    paying = {"bookingId": held, "paymentIntentId": "pi_1", "paymentMethod": {"token": "tok_ok"}}

    answers = [
        trial.get(f"/bookings/{held}"),
        trial.post("/pricing/calculate", {"holdId": held}),
        trial.post("/bookings/confirm", {"holdId": held, "userDetails": purchase.DETAILS}),
        trial.post(f"/bookings/{held}/cancel", {}),
        trial.post(f"/payments/refund/{held}", {}),
        trial.get(f"/payments/status/{held}"),
        trial.post("/payments/process", paying),
        trial.send("DELETE", f"/bookings/hold/{held}"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert trial.send("DELETE", "/bookings/holds/t").json() == {"released": 0}
    assert earnest.get(f"/bookings/{held}").status_code == 200


def test_two_kinds_of_key_do_not_share_their_idempotency(
    stage: cast.Stage, live: cast.Stage, trial: Api, earnest: Api
) -> None:
    assert hold(trial, stage, "A1", Idempotency_Key="k").status_code == 201
    assert hold(earnest, live, "A1", Idempotency_Key="k").status_code == 201


def test_on_a_live_site_people_do_not_see_the_sandbox(
    stage: cast.Stage, live: cast.Stage, settings: Any, api: Api, trial: Api, asha: Any
) -> None:
    day = stage.showtime.starts_at.astimezone(ZoneInfo(stage.cinema.time_zone)).date()
    pages = Client()
    assert pages.get(f"/showtimes/{stage.path}/").status_code == 200

    settings.IS_LIVE = True

    for ask in (ASKED["state"], ASKED["seats"], ASKED["prices"], ASKED["availability"], ASKED["hold"]):
        assert (ask(api, stage).status_code, ask(api, live).status_code < 300) == (404, True)
    assert pages.get(f"/showtimes/{stage.path}/").status_code == 404
    assert pages.get(f"/showtimes/{live.path}/").status_code == 200
    listed = [api.get(f"/movies/now-showing?date={day}"), trial.get(f"/movies/now-showing?date={day}")]
    names = [
        {one["cinema"]["name"] for movie in each.json()["movies"] for one in movie["showtimes"]} for each in listed
    ]
    assert names == [{"Rara Cinema"}, {"Himal Cinema"}]
    found = [each.get("/search/shows?query=dal&city=Kathmandu").json()["items"] for each in (api, trial)]
    assert [{hit["venue"]["name"] for hit in hits} for hits in found] == [{"Rara Cinema"}, {"Himal Cinema"}]
    assert code(api.get(f"/movies/now-showing?cinema={stage.cinema.pk}"))[0] == 422
    home = pages.get(f"/?day={day}").content.decode()
    assert "Himal Cinema" not in home


def test_in_a_demo_people_see_all_there_is(stage: cast.Stage, live: cast.Stage, api: Api) -> None:
    assert {ASKED["state"](api, at).status_code for at in (stage, live)} == {200}


def test_on_a_live_site_the_sandbox_is_paid_at_the_test_gateway(stage: cast.Stage, trial: Api, settings: Any) -> None:
    settings.IS_LIVE, settings.GATEWAYS = True, []

    held = hold(trial, stage, "A1").json()["holdId"]
    opened = trial.post("/bookings/confirm", {"holdId": held, "userDetails": purchase.DETAILS}).json()
    paid = purchase.pay(trial, opened)

    assert (paid.status_code, paid.json()["status"]) == (200, "CONFIRMED")
    assert Payment.objects.get().gateway == "fake"
    assert audit.violations() == []


def test_a_late_payment_succeeds_when_the_booking_is_gone(stage: cast.Stage, trial: Api) -> None:
    held = hold(trial, stage, "A1").json()["holdId"]
    opened = trial.post("/bookings/confirm", {"holdId": held, "userDetails": purchase.DETAILS}).json()
    body = {"bookingId": held, "paymentIntentId": opened["paymentIntentId"], "paymentMethod": {"token": "tok_ok"}}

    answer = trial.post("/payments/process", body, X_Sandbox="late-payment")

    assert (answer.status_code, answer["X-Sandbox"]) == (202, "late-payment")
    message = FakeMessage.objects.get()
    booking = Booking.objects.get(pk=held)
    assert booking.expires_at is not None and message.due_at > booking.expires_at + timedelta(minutes=2)
    purchase.expire(stage)
    testing.deliver_due(now=message.due_at)
    booking.refresh_from_db()
    assert booking.status == "CONFIRMED"  # its seat was still free, so it was taken again
    assert audit.violations() == []


def test_a_seat_race_is_lost_for_real_and_the_rival_goes_away(stage: cast.Stage, trial: Api, api: Api) -> None:
    answer = hold(trial, stage, "A1", "A2", X_Sandbox="seat-race")

    assert code(answer) == (409, "SEAT_UNAVAILABLE")
    assert [(one["label"], one["status"]) for one in answer.json()["conflicts"]] == [("A1", "HELD")]
    assert answer["X-Sandbox"] == "seat-race"
    rival = Booking.objects.get()
    assert rival.owner.startswith("system:rival-") and rival.expires_at is not None
    assert rival.expires_at <= timezone.now() + timedelta(seconds=61)
    assert hold(trial, stage, "A2").status_code == 201


@pytest.mark.parametrize("family", ["hold", "hold of 004", "hold of 003", "hold of 002", "booking"])
def test_every_way_to_hold_can_lose_a_race(stage: cast.Stage, trial: Api, family: str) -> None:
    trial.headers["X-Sandbox"] = "seat-race"
    trial.headers["Idempotency-Key"] = "k"

    assert code(ASKED[family](trial, stage)) == (409, "SEAT_UNAVAILABLE")


def test_the_rival_goes_nowhere_the_key_may_not(stage: cast.Stage, live: cast.Stage, trial: Api) -> None:
    assert hold(trial, live, "A1", X_Sandbox="seat-race").status_code == 404

    assert live.states()["A1"] == "AVAILABLE"


def test_webhooks_are_lost_as_many_as_asked(stage: cast.Stage, channel: Channel, trial: Api) -> None:
    tried = Subscription.objects.create(channel=channel, url="https://example.com/h", is_test=True)
    real = Subscription.objects.create(channel=channel, url="https://example.com/l", is_test=False)

    answer = hold(trial, stage, "A1", X_Sandbox="webhook-loss=3")

    assert (answer.status_code, answer["X-Sandbox"]) == (201, "webhook-loss=3")
    assert [Subscription.objects.get(pk=one.pk).to_lose for one in (tried, real)] == [3, 0]


def test_the_clock_of_a_request_can_be_put_forward(stage: cast.Stage, trial: Api) -> None:
    held = hold(trial, stage, "A1").json()["holdId"]

    late = trial.post("/pricing/calculate", {"holdId": held}, X_Sandbox_Clock="+600")

    assert code(late) == (410, "HOLD_EXPIRED")
    assert late["X-Sandbox-Clock"] == "+600"
    assert trial.post("/pricing/calculate", {"holdId": held}).status_code == 200
    far = trial.post("/pricing/calculate", {"holdId": held}, X_Sandbox_Clock="-99999999")
    assert far["X-Sandbox-Clock"] == "-604800"


@pytest.mark.parametrize("said", [{"X_Sandbox": "rain"}, {"X_Sandbox": "webhook-loss=x"}, {"X_Sandbox_Clock": "noon"}])
def test_weather_nobody_knows_is_refused(stage: cast.Stage, trial: Api, said: dict[str, str]) -> None:
    assert code(hold(trial, stage, "A1", **said)) == (422, "SANDBOX_UNKNOWN")


def test_nobody_elses_headers_are_heard(stage: cast.Stage, live: cast.Stage, api: Api, earnest: Api) -> None:
    said = {"X_Sandbox": "seat-race", "X_Sandbox_Clock": "+86400"}

    answers = [hold(api, stage, "A1", **said), hold(earnest, live, "A1", **said), hold(api, stage, "A2", X_Sandbox="?")]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert not any("X-Sandbox" in answer for answer in answers)
