"""Parties: friends claim seats of one hold by its link and pay for them; what nobody pays drops off."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bookings import selectors
from bookings.models import Booking, FeeRule, Party, PromoCode
from bookings.services import endings
from bookings.services import parties as sharing
from payments import audit
from seatsync import opening
from showsewa.models import User
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.purchase import AS_ASHA, AS_BIKASH

CHIRAG = "chirag-session-token"


def share(api: Api, stage: cast.Stage, *seats: str, name: str = "Asha") -> dict[str, Any]:
    """Asha holds these seats and shares them."""
    held = purchase.hold(api, stage, *(seats or ("B1", "B2", "B3")))
    answer = api.post(f"/bookings/{held['holdId']}/party", {"name": name}, **AS_ASHA)
    assert answer.status_code == 201, answer.content
    return answer.json() | {"holdId": held["holdId"]}


def claim(api: Api, party: dict[str, Any], *seats: str, token: str = cast.BIKASH_TOKEN, name: str = "Bikash") -> Any:
    body = {"seats": list(seats), "name": name, "sessionToken": token}
    return api.post(f"/parties/{party['token']}/claim", body)


def look(api: Api, party: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer: dict[str, Any] = api.get(f"/parties/{party['token']}", **headers).json()
    return answer


def states(party: dict[str, Any]) -> dict[str, str]:
    return {seat["label"]: f"{seat['state']} {seat['name'] or ''}".strip() for seat in party["seats"]}


def test_friends_claim_and_pay_their_own_seats_and_the_host_pays_the_rest(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)

    mine = claim(api, party, "B1", "B2")
    assert mine.status_code == 201
    yours = mine.json()["yours"]
    assert (yours["seats"], yours["totalAmount"], yours["expiresAt"]) == (["B1", "B2"], 900, party["expiresAt"])
    assert purchase.pay(api, purchase.confirm(api, yours["holdId"], userDetails={"phone": "9841234567"})).json()[
        "success"
    ]
    rest = purchase.confirm(api, party["holdId"])
    assert rest["amount"] == 450
    assert purchase.pay(api, rest).json()["success"]

    ticket = api.get(f"/bookings/{party['holdId']}", **AS_ASHA).json()["ticketUrl"]
    assert f"/party/{party['token']}/" in Client().get(ticket).content.decode()
    assert states(look(api, party)) == {"B1": "PAID Bikash", "B2": "PAID Bikash", "B3": "PAID Asha"}
    assert [stage.states()[label] for label in ("B1", "B2", "B3", "B4")] == ["BOOKED"] * 3 + ["AVAILABLE"]
    assert audit.violations() == []


def test_a_claimed_seat_is_never_free_in_between_and_the_journal_says_whose_it_is(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)

    claimed = claim(api, party, "B2").json()["yours"]["holdId"]

    event = stage.journal()[-1]
    assert (event.action, event.changes, str(event.claim)) == ("HAND_ON", [["B2", "HELD", "HELD"]], claimed)
    assert purchase.hold(api, stage, "B4", token=CHIRAG)["seats"][0]["seatNumber"] == "B4"
    body = {"showtimeId": stage.path, "seatIds": ["B2"], "sessionToken": "another"}
    assert code(api.post("/bookings/hold", body)) == (409, "SEAT_UNAVAILABLE")
    assert audit.violations() == []


def test_sharing_gives_more_time_once_and_never_to_the_start(stage: cast.Stage, api: Api, settings: Any) -> None:
    until = Party.objects.get(token=share(api, stage)["token"]).expires_at - timezone.now()
    assert timedelta(minutes=29) < until <= timedelta(minutes=30)

    soon = cast.make_stage(name="Soon", starts_in=timedelta(minutes=17))
    party = share(api, soon)

    booking = Booking.objects.get(pk=party["holdId"])
    assert booking.expires_at is not None
    assert booking.expires_at - timezone.now() > timedelta(minutes=4)  # the usual time stays
    assert code(api.post(f"/bookings/hold/{party['holdId']}/extend", **AS_ASHA)) == (409, "ALREADY_EXTENDED")


def test_in_a_rush_a_shared_hold_keeps_its_usual_time(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "B1", "B2")
    opening.set_crowded(stage.showtime.pk, True)

    party = api.post(f"/bookings/{held['holdId']}/party", **AS_ASHA).json()

    assert party["expiresAt"] == held["expiresAt"]
    assert claim(api, party, "B1").status_code == 201  # and a friend does not wait for a turn: the seats are taken


def test_what_cannot_be_shared(stage: cast.Stage, api: Api) -> None:
    one = purchase.hold(api, stage, "A1", token=CHIRAG)
    path = f"/bookings/{one['holdId']}/party"
    assert code(api.post(path, X_Session_Token=CHIRAG)) == (422, "PARTY_TOO_SMALL")
    assert code(api.post(path, **AS_BIKASH)) == (404, "NOT_FOUND")

    party = share(api, stage)
    again = api.post(f"/bookings/{party['holdId']}/party", **AS_ASHA)
    assert code(again) == (409, "PARTY_OPEN")
    assert again.json()["partyUrl"] == party["url"]

    Booking.objects.filter(pk=one["holdId"]).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert code(api.post(path, X_Session_Token=CHIRAG)) == (410, "HOLD_EXPIRED")
    paying = purchase.book(api, stage, "C1", "C2", token="paying")
    assert code(api.post(f"/bookings/{paying['bookingId']}/party", X_Session_Token="paying")) == (409, "INVALID_STATE")


def test_who_comes_second_is_told_who_took_it_and_nothing_else(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    mine = claim(api, party, "B1").json()["yours"]["holdId"]
    purchase.confirm(api, mine, userDetails={"name": "Bikash Thapa", "email": "bikash@example.com"})

    answer = claim(api, party, "B1", "B2", token=CHIRAG, name="Chirag")

    assert code(answer) == (409, "SEAT_CLAIMED")
    assert answer.json()["takenBy"] == [{"label": "B1", "name": "Bikash"}]
    assert [conflict["label"] for conflict in answer.json()["conflicts"]] == ["B1"]
    seen = answer.content.decode() + api.get(f"/parties/{party['token']}").content.decode()
    for secret in ("Thapa", "bikash@", mine, party["holdId"], cast.BIKASH_TOKEN):
        assert secret not in seen
    assert claim(api, party, "B2", token=CHIRAG, name="Chirag").status_code == 201


def test_a_stranger_with_the_link_learns_no_price_but_of_free_seats(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    claim(api, party, "B1")

    seen = look(api, party)

    assert [(seat["label"], seat["price"], seat["isYours"]) for seat in seen["seats"]] == [
        ("B1", None, False), ("B2", 450, False), ("B3", 450, False),
    ]  # fmt: skip
    assert seen["yours"] is None


def test_while_the_host_pays_nothing_can_be_claimed(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    mine = claim(api, party, "B1").json()["yours"]["holdId"]
    purchase.confirm(api, party["holdId"])

    assert code(claim(api, party, "B2", token=CHIRAG)) == (409, "PARTY_CLOSED")
    assert code(api.post(f"/parties/{party['token']}/give-back", **AS_BIKASH)) == (409, "PARTY_CLOSED")
    assert look(api, party)["isOpen"] is False
    assert purchase.pay(api, purchase.confirm(api, mine)).json()["success"]


def test_of_a_hold_whose_seats_were_all_claimed_nothing_is_to_be_paid(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage, "B1", "B2")
    claim(api, party, "B1", "B2")

    body = {"holdId": party["holdId"], "userDetails": purchase.DETAILS, "paymentMethod": "CARD"}
    assert code(api.post("/bookings/confirm", body)) == (409, "NO_SEATS_LEFT")
    assert code(api.post("/pricing/calculate", {"holdId": party["holdId"]})) == (409, "NO_SEATS_LEFT")
    assert Booking.objects.get(pk=party["holdId"]).total == 0

    purchase.expire(stage)
    assert Booking.objects.get(pk=party["holdId"]).status == "EXPIRED"
    assert audit.violations() == []


def test_the_unpaid_drop_off_and_the_page_says_so(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    paid = claim(api, party, "B1").json()["yours"]["holdId"]
    assert purchase.pay(api, purchase.confirm(api, paid)).json()["success"]
    claim(api, party, "B2", token=CHIRAG, name="Chirag")

    purchase.expire(stage)

    seen = look(api, party)
    assert states(seen) == {"B1": "PAID Bikash", "B2": "DROPPED", "B3": "DROPPED"}
    assert code(claim(api, party, "B3", token="late")) == (410, "PARTY_OVER")
    page = Client().get(f"/party/{party['token']}/").content.decode()
    assert "The time is over" in page and page.count("Dropped off") == 2 and "Bikash" in page
    assert [stage.states()[label] for label in ("B1", "B2", "B3")] == ["BOOKED", "AVAILABLE", "AVAILABLE"]
    assert audit.violations() == []


def test_a_friend_gives_back_what_others_may_then_claim(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    claim(api, party, "B1", "B2")

    part = api.post(f"/parties/{party['token']}/give-back", {"seats": ["B2"]}, **AS_BIKASH)
    assert (part.status_code, part.json()["yours"]["seats"], part.json()["yours"]["totalAmount"]) == (200, ["B1"], 450)
    assert claim(api, party, "B2", token=CHIRAG, name="Chirag").status_code == 201
    # Letting go of a hold gives its seats back as well.
    mine = part.json()["yours"]["holdId"]
    assert api.send("DELETE", f"/bookings/hold/{mine}", **AS_BIKASH).json() == {"released": 1}

    assert states(look(api, party)) == {"B1": "FREE", "B2": "TAKEN Chirag", "B3": "FREE"}
    assert Booking.objects.get(pk=party["holdId"]).total == 900
    assert [stage.states()[label] for label in ("B1", "B2", "B3")] == ["HELD"] * 3
    assert audit.violations() == []


def test_a_claim_is_no_way_around_the_limits(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    purchase.hold(api, stage, "C1", token=cast.BIKASH_TOKEN)
    assert code(claim(api, party, "B1")) == (422, "HOLD_LIMIT")  # other seats of this show
    assert code(claim(api, party, "B1", token=cast.ASHA_TOKEN)) == (409, "OWN_PARTY")
    for number in (1, 2):
        other = cast.make_showtime(stage.hall, stage.movie, starts_at=timezone.now() + timedelta(days=number))
        body = {"showtimeId": str(other.pk), "seatIds": ["A1"], "sessionToken": CHIRAG}
        assert api.post("/bookings/hold", body).status_code == 201
    assert code(claim(api, party, "B1", token=CHIRAG)) == (422, "HOLD_LIMIT")
    assert code(claim(api, party)) == (422, "SEAT_LIMIT")
    assert code(claim(api, party, "C5", token="another")) == (404, "NOT_FOUND")
    assert code(claim(api, {"token": "no-such-party"}, "B1")) == (404, "NOT_FOUND")
    assert code(claim(api, party, "B1", token="another", name=" ")) == (422, "VALIDATION_FAILED")
    assert code(claim(api, party, "B1", token="", name="Nobody")) == (422, "SESSION_TOKEN_REQUIRED")
    assert claim(api, party, "B1", token="another").status_code == 201


def test_shared_seats_are_not_exchanged_for_others_by_choosing_again(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    claim(api, party, "B1")

    for token in (cast.ASHA_TOKEN, cast.BIKASH_TOKEN):
        body = {"showtimeId": stage.path, "seatIds": ["C1"], "sessionToken": token}
        assert code(api.post("/bookings/hold", body)) == (409, "IN_PARTY")
    same = purchase.hold(api, stage, "B2", "B3")  # as the map does when its owner goes on to pay
    assert (same["holdId"], same["expiresAt"]) == (party["holdId"], party["expiresAt"])
    assert states(look(api, party)) == {"B1": "TAKEN Bikash", "B2": "FREE", "B3": "FREE"}


def test_one_sellers_party_is_for_its_own_buyers(stage: cast.Stage, api: Api) -> None:
    moviepass = Api(cast.moviepass(stage))
    body = {"showtimeId": stage.path, "seatIds": ["A1", "A2"], "sessionToken": "their-customer"}
    held = moviepass.post("/bookings/hold", body).json()["holdId"]
    theirs = moviepass.post(f"/bookings/{held}/party").json()
    ours = share(api, stage)

    assert code(claim(api, theirs, "A1")) == (404, "NOT_FOUND")
    assert code(claim(moviepass, ours, "B1")) == (404, "NOT_FOUND")
    assert code(api.get(f"/parties/{theirs['token']}")) == (404, "NOT_FOUND")
    assert Client().get(f"/party/{theirs['token']}/").status_code == 404
    assert claim(moviepass, theirs, "A1", token="another-customer").status_code == 201


def test_a_test_key_and_a_live_cinema_know_nothing_of_each_other(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    stage.cinema.__class__.objects.filter(pk=stage.cinema.pk).update(is_sandbox=False)
    Booking.objects.filter(pk=party["holdId"]).update(channel=_channel_of(stage))

    assert code(Api(cast.till(stage)).get(f"/parties/{party['token']}")) == (404, "NOT_FOUND")


def _channel_of(stage: cast.Stage) -> Any:
    return cast.make_channel("Other", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))[0]


def test_claiming_again_with_the_same_key_is_one_claim(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    body = {"seats": ["B1"], "name": "Bikash", "sessionToken": cast.BIKASH_TOKEN}

    first, again = (api.post(f"/parties/{party['token']}/claim", body, Idempotency_Key="k1") for _try in range(2))

    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    more = claim(api, party, "B1", "B2").json()["yours"]  # what is yours already is no conflict
    assert (more["holdId"], more["seats"]) == (first.json()["yours"]["holdId"], ["B1", "B2"])


def test_the_pages_work_without_javascript(stage: cast.Stage, settings: Any) -> None:
    asha, bikash = Client(), Client()
    for person in (asha, bikash):
        person.get(f"/showtimes/{stage.path}/")
    details = asha.post(f"/showtimes/{stage.path}/hold/", {"seat": ["B1", "B2"]})["Location"]
    assert "Let friends pay for their own seats" in asha.get(details).content.decode()

    place = asha.post(details.replace("details", "party"), {"name": "Asha"})["Location"]
    assert f"{settings.BASE_URL}{place}" in asha.get(place).content.decode()
    assert asha.post(details.replace("details", "party"))["Location"] == place  # again: the same
    seen = bikash.get(place).content.decode()
    assert "Asha keeps these seats" in seen and "readonly" not in seen
    for name in ("", "Bik\u202eash"):  # the second would turn what stands beside it around
        assert bikash.post(place, {"seat": ["B1"], "name": name}).status_code == 422
    paying = bikash.post(place, {"seat": ["B1"], "name": "Bikash"})
    assert bikash.get(paying["Location"]).status_code == 200
    refused = Client().post(place, {"seat": ["B2"], "name": "Bot"})
    assert (refused.status_code, "cookie" in refused.content.decode()) == (409, True)

    bikash.post(f"{place}give-back/")
    assert re.search(r"B1</strong>\s*<span>.*Free", asha.get(place).content.decode())
    assert audit.violations() == []


def test_a_host_without_seats_is_led_to_the_party(stage: cast.Stage) -> None:
    asha, bikash = Client(), Client()
    asha.get(f"/showtimes/{stage.path}/")
    details = asha.post(f"/showtimes/{stage.path}/hold/", {"seat": ["B1", "B2"]})["Location"]
    place = asha.post(details.replace("details", "party"))["Location"]
    bikash.get(place)

    bikash.post(place, {"seat": ["B1", "B2"], "name": "Bikash"})

    assert asha.get(details)["Location"] == place
    assert "nothing is left for you to pay" in asha.get(place).content.decode()


def test_parties_and_first_names_are_forgotten_a_day_after_the_show(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    mine = claim(api, party, "B1").json()["yours"]["holdId"]
    assert purchase.pay(api, purchase.confirm(api, mine)).json()["success"]
    purchase.expire(stage)

    endings.purge_holds(now=timezone.now() + timedelta(days=2))
    assert Party.objects.get().host is not None  # as long as the page is there
    sharing.purge(now=stage.showtime.starts_at + timedelta(hours=25))

    booking = Booking.objects.get(pk=mine)
    assert (booking.party, booking.party_name, booking.status) == (None, "", "CONFIRMED")
    assert code(api.get(f"/parties/{party['token']}")) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["claim", "give-back"])
def test_claims_count_against_the_rate_limit(stage: cast.Stage, api: Api, settings: Any, path: str) -> None:
    party = share(api, stage)
    settings.RATE_LIMIT_PER_MINUTE = 2

    answers = [
        api.post(f"/parties/{party['token']}/{path}", {"seats": ["B9"], "name": "B"}, **AS_BIKASH) for _n in range(3)
    ]

    assert answers[-1].status_code == 429


def test_each_booking_of_a_party_has_its_own_fee_and_code(stage: cast.Stage, api: Api) -> None:
    FeeRule.objects.create(name="Booking fee", amount=25, per=FeeRule.Per.BOOKING, starts_on="2024-07-16")
    PromoCode.objects.create(code="SAVE20", percent=20)
    party = share(api, stage)

    mine = claim(api, party, "B1").json()["yours"]
    assert mine["totalAmount"] == 475
    assert purchase.confirm(api, mine["holdId"], promoCode="SAVE20")["amount"] == 385
    assert purchase.confirm(api, party["holdId"])["amount"] == 925


def test_a_friend_with_an_account_and_one_without_are_told_apart(stage: cast.Stage, api: Api, bikash: User) -> None:
    party = share(api, stage)
    browser = Client()
    browser.force_login(bikash)
    place = f"/party/{party['token']}/"
    assert 'value="Bikash"' in browser.get(place).content.decode()

    browser.post(place, {"seat": ["B1"], "name": "Bikash"})

    assert Booking.objects.get(party_name="Bikash").user == bikash
    assert code(api.post(f"/parties/{party['token']}/give-back", **AS_BIKASH)) == (404, "NOT_FOUND")
    assert [one.status for one in selectors.my_bookings(cast.staff_actor(bikash))] == ["HELD"]


def test_the_desk_sees_parties_but_not_their_links(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    claim(api, party, "B1")
    boss = Client()
    boss.force_login(User.objects.create_superuser("boss@example.com", cast.PASSWORD))

    page = boss.get(f"/admin/bookings/party/{Party.objects.get().pk}/change/").content.decode()

    assert "B1: Held" in page and party["token"] not in page
