"""Who reaches whose bookings: RELIABILITY C, row by row. What is not yours is not found."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seatsync.models import Channel, ChannelKey
from tests import cast, purchase
from tests.conftest import Api

DETAILS = {"userDetails": purchase.DETAILS}


def signed_in(user, **client: object) -> Api:
    api = Api(client=Client(raise_request_exception=False, **client))
    api.client.force_login(user)
    return api


@pytest.fixture
def callers(stage: cast.Stage, asha, bikash, chandra) -> dict[str, Api]:
    """An anonymous; C2 another customer; Sx staff of another cinema; Tx another channel; Tv channel elsewhere."""
    elsewhere = cast.make_stage(name="Rara Cinema")
    gone = cast.make_channel("Gone", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))
    ChannelKey.objects.filter(channel=gone[0]).update(revoked_at=timezone.now())
    late = cast.make_channel("Late", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))
    ChannelKey.objects.filter(channel=late[0]).update(expires_at=timezone.now() - timedelta(days=1))
    reader = cast.make_channel(
        "Reader", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,), scopes=["inventory:read"]
    )
    return {
        "own": signed_in(asha),
        "anonymous": Api(),
        "other customer": signed_in(bikash),
        "guest by account id": Api(),
        "clerk here": signed_in(chandra),
        "staff elsewhere": signed_in(cast.make_user("sunita@example.com", role="manager", cinemas=(elsewhere.cinema,))),
        "other channel": Api(cast.moviepass(stage)),
        "channel elsewhere": Api(
            cast.make_channel("Far", kind="THEATRE", sources=["WALK_IN"], cinemas=(elsewhere.cinema,))[1]
        ),
        "key without the scope": Api(reader[1]),
        "revoked key": Api(gone[1]),
        "expired key": Api(late[1]),
        "no such key": Api("ssk_test_made_up"),
    }


NOT_THEIRS = {
    "anonymous": 404,
    "other customer": 404,
    "staff elsewhere": 404,
    "other channel": 404,
    "channel elsewhere": 404,
    "key without the scope": 403,
    "revoked key": 401,
    "expired key": 401,
    "no such key": 401,
}


def check(callers: dict[str, Api], act: Callable[[Api], object], expected: dict[str, int]) -> None:
    answers = {name: act(callers[name]).status_code for name in expected}

    assert answers == expected


def held_by_asha(callers: dict[str, Api], stage: cast.Stage, *seats: str) -> str:
    body = {"showtimeId": stage.path, "seatIds": list(seats)}
    return callers["own"].post("/bookings/hold", body).json()["holdId"]


def test_who_may_hold(stage: cast.Stage, callers: dict[str, Api]) -> None:
    seats = iter(stage.states())

    def act(api: Api) -> object:
        return api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": [next(seats)]})

    expected = {
        "own": 201, "other customer": 201, "staff elsewhere": 201, "other channel": 201, "channel elsewhere": 404,
        "anonymous": 422, "key without the scope": 403, "revoked key": 401, "expired key": 401, "no such key": 401,
    }  # fmt: skip
    check(callers, act, expected)


def test_who_may_price_and_confirm_and_let_go(stage: cast.Stage, callers: dict[str, Api]) -> None:
    hold_id = held_by_asha(callers, stage, "A1")

    check(callers, lambda api: api.post("/pricing/calculate", {"holdId": hold_id}), NOT_THEIRS | {"clerk here": 200})
    strangers = NOT_THEIRS
    check(callers, lambda api: api.post("/bookings/confirm", {"holdId": hold_id} | DETAILS), strangers)
    check(callers, lambda api: api.post("/bookings", {"holdId": hold_id}), strangers)
    check(callers, lambda api: api.post(f"/bookings/hold/{hold_id}/extend"), NOT_THEIRS | {"clerk here": 403})
    release = f"/bookings/hold/{hold_id}"
    check(callers, lambda api: api.send("DELETE", release), NOT_THEIRS | {"clerk here": 403})
    assert stage.states()["A1"] == "HELD"
    assert callers["own"].send("DELETE", release).json() == {"released": 1}


def test_who_may_pay_read_cancel_and_take_money_back(stage: cast.Stage, callers: dict[str, Api]) -> None:
    hold_id = held_by_asha(callers, stage, "A1")
    booking = callers["own"].post("/bookings/confirm", {"holdId": hold_id} | DETAILS).json()
    start = {"bookingId": hold_id}
    guess = {"paymentIntentId": "pi_guess", "paymentMethod": {"token": "tok_ok"}} | start

    check(callers, lambda api: api.post("/payments/initiate", start), NOT_THEIRS)
    check(callers, lambda api: api.post("/payments/process", guess), NOT_THEIRS | {"own": 404})
    assert purchase.pay(callers["own"], booking).status_code == 200
    check(callers, lambda api: api.get(f"/bookings/{hold_id}"), NOT_THEIRS | {"clerk here": 200, "own": 200})
    check(callers, lambda api: api.get(f"/payments/status/{hold_id}"), NOT_THEIRS | {"clerk here": 200, "own": 200})
    check(callers, lambda api: api.send("PUT", f"/bookings/{hold_id}/confirm", {}), NOT_THEIRS | {"own": 200})
    check(callers, lambda api: api.post(f"/bookings/{hold_id}/cancel", {}), NOT_THEIRS | {"clerk here": 403})
    no_refunds = {"anonymous": 401, "other channel": 403, "channel elsewhere": 403, "clerk here": 403}
    check(callers, lambda api: api.post(f"/payments/refund/{hold_id}", {}), NOT_THEIRS | no_refunds)
    assert purchase.row(booking).status == "CONFIRMED"
    assert callers["own"].post(f"/bookings/{hold_id}/cancel", {}).status_code == 200


def test_a_strangers_answer_does_not_tell_what_exists(stage: cast.Stage, callers: dict[str, Api]) -> None:
    hold_id = held_by_asha(callers, stage, "A1")

    def told(booking_id: object) -> dict[str, object]:
        body = callers["other customer"].get(f"/bookings/{booking_id}").json()
        return {name: body[name] for name in body if name not in ("instance", "requestId")}

    assert told(hold_id) == told(uuid.uuid4())


def test_a_guest_who_names_an_accounts_id_sees_none_of_its_bookings(stage: cast.Stage, callers, asha) -> None:
    hold_id = held_by_asha(callers, stage, "A1")

    answer = callers["anonymous"].post("/payments/initiate", {"bookingId": hold_id, "userId": str(asha.pk)})

    assert answer.status_code == 404


def test_a_channel_reaches_what_it_sold_and_the_buyers_token_alone_does_not(stage: cast.Stage) -> None:
    platform = Api(cast.moviepass(stage))
    held = purchase.hold(platform, stage, "A1", token="customer-1")

    assert platform.get(f"/bookings/{held['holdId']}").status_code == 200
    assert Api().get(f"/bookings/{held['holdId']}", X_Session_Token="customer-1").status_code == 404


def test_a_silenced_channel_is_nobody(stage: cast.Stage) -> None:
    token = cast.moviepass(stage)
    Channel.objects.update(is_active=False)

    assert Api(token).post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]}).status_code == 401


def test_a_cookie_must_come_with_its_csrf_token(stage: cast.Stage, asha) -> None:
    careless = signed_in(asha, enforce_csrf_checks=True)

    refused = careless.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]})

    assert refused.status_code == 403
    assert set(stage.states().values()) == {"AVAILABLE"}


def test_a_key_in_the_address_or_another_method_in_a_header_counts_for_nothing(stage: cast.Stage, api: Api) -> None:
    token, body = cast.moviepass(stage), {"showtimeId": stage.path, "seatIds": ["A1"]}
    held = purchase.hold(api, stage, "B1")

    assert api.post(f"/bookings/hold?token={token}&access_token={token}", body).status_code == 422
    path = f"/bookings/hold/{held['holdId']}"
    assert api.post(path, {}, X_HTTP_Method_Override="DELETE", **purchase.AS_ASHA).status_code == 405
    assert stage.states()["B1"] == "HELD"
