"""What a key is told of itself, where it may come from, and how often it may come."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from seatsync import channels
from seatsync.models import ChannelKey
from tests import cast
from tests.bookings.test_api_holds import code
from tests.conftest import Api

LIMITS = {
    "RATE_LIMIT_CHANNEL_PER_MINUTE": 60,
    "RATE_LIMIT_CHANNEL_READ_PER_MINUTE": 4,
    "RATE_LIMIT_CHANNEL_ADMIN_PER_MINUTE": 2,
}


def key_of(stage: cast.Stage, name: str = "Moviepass", **facts: object) -> Api:
    channel, _token = cast.make_channel(
        name, kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,), scopes=[]
    )
    _key, token = channels.issue_key(channel, now=timezone.now(), **{"scopes": cast.ALL_SCOPES} | facts)  # type: ignore[arg-type]
    return Api(token)


def test_any_key_is_told_who_it_is_and_what_it_may(stage: cast.Stage) -> None:
    cast.make_stage(name="Rara Cinema")

    answer = key_of(stage, scopes=["inventory:read"]).get("/channel")

    assert answer.status_code == 200
    told = answer.json()
    assert (told["name"], told["kind"], told["isTest"]) == ("Moviepass", "PLATFORM", True)
    assert (told["scopes"], told["sources"]) == (["inventory:read"], ["OTHER_PLATFORM"])
    assert [cinema["name"] for cinema in told["cinemas"]] == ["Himal Cinema"]
    assert told["pricing"] == {"kind": "LIST", "percent": 0}
    assert set(told["rateLimits"]) == {"sell", "read", "admin"}
    assert told["key"]["prefix"].startswith("ssk_test_")


def test_only_keys_are_told(stage: cast.Stage, api: Api, devi: object) -> None:
    assert code(api.get("/channel")) == (401, "UNAUTHORIZED")
    api.client.force_login(devi)
    assert code(api.get("/channel")) == (403, "FORBIDDEN")


def test_each_kind_of_work_has_an_allowance_of_its_own(stage: cast.Stage) -> None:
    api = key_of(stage)

    with override_settings(**LIMITS):
        reads = [api.get(f"/showtimes/{stage.path}/state") for _time in range(10)]
        sale = api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]})

    assert reads[0]["RateLimit-Policy"] == '"read";q=4;w=60'
    assert code(reads[-1]) == (429, "RATE_LIMITED")
    assert 0 < int(reads[-1]["Retry-After"]) <= 60
    assert reads[-1]["RateLimit"].startswith('"read";r=0;t=')
    assert (sale.status_code, sale["RateLimit-Policy"]) == (201, '"sell";q=60;w=60')


def test_administration_has_the_smallest(stage: cast.Stage) -> None:
    with override_settings(**LIMITS):
        answers = [key_of(stage).post("/events", {"name": ""}) for _time in range(1)]

    assert answers[0]["RateLimit-Policy"] == '"admin";q=2;w=60'


def test_every_answer_to_a_key_says_what_is_left_refusals_too(stage: cast.Stage) -> None:
    api = key_of(stage, scopes=["inventory:read"])

    with override_settings(**LIMITS):
        answers = [
            api.get("/channel"),
            api.post("/bookings/hold", {}),
            api.get("/showtimes/00000000-0000-0000-0000-000000000001/seats"),
        ]

    assert [answer.status_code for answer in answers] == [200, 403, 404]
    assert all("RateLimit" in answer and "RateLimit-Policy" in answer for answer in answers)


def test_one_keys_zeal_is_not_anothers_loss(stage: cast.Stage) -> None:
    first = key_of(stage)
    second = key_of(stage, "Seatgo")

    with override_settings(**LIMITS):
        spent = [first.get("/channel").status_code for _time in range(10)]
        fresh = second.get("/channel").status_code

    assert (spent[-1], fresh) == (429, 200)


def test_people_reading_maps_cost_redis_nothing(stage: cast.Stage, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_named: object) -> None:
        raise AssertionError("a map asked Redis")

    monkeypatch.setattr("showsewa.limits.spend", away)

    assert api.get(f"/showtimes/{stage.path}/state").status_code == 200


def test_a_key_bound_to_addresses_is_refused_from_elsewhere(stage: cast.Stage) -> None:
    api = key_of(stage, addresses=["203.0.113.0/24", "2001:db8::/32"])

    answers = []
    for address in ("203.0.113.9", "2001:db8::7", "198.51.100.1"):
        api.client = Client(REMOTE_ADDR=address)
        answers.append(api.get("/channel"))

    assert [answer.status_code for answer in answers] == [200, 200, 403]
    assert answers[-1].json()["code"] == "ADDRESS_NOT_ALLOWED"


def test_two_keys_live_while_they_are_changed_over(stage: cast.Stage) -> None:
    channel, old = cast.make_channel("Moviepass", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))
    new = channels.issue_key(channel, scopes=cast.ALL_SCOPES, now=timezone.now())[1]
    assert [Api(token).get("/channel").status_code for token in (old, new)] == [200, 200]
    with pytest.raises(channels.TooManyKeys):
        channels.issue_key(channel, scopes=cast.ALL_SCOPES, now=timezone.now())

    ChannelKey.objects.filter(hash=channels.digest(old)).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert [Api(token).get("/channel").status_code for token in (old, new)] == [401, 200]
