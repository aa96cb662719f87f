"""Seats of a party on their way to and fro: nobody gets more than they asked for, and strangers none of them."""

from bookings.models import Booking
from payments import audit
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.bookings.test_offers import sell
from tests.bookings.test_parties import claim, look, share, states
from tests.conftest import Api
from tests.purchase import AS_BIKASH


def test_claiming_again_what_is_yours_takes_nothing_else(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    claim(api, party, "B1")

    again = claim(api, party, "B1")

    assert (again.status_code, again.json()["yours"]["seats"]) == (201, ["B1"])
    assert states(look(api, party)) == {"B1": "TAKEN Bikash", "B2": "FREE", "B3": "FREE"}


def test_a_list_of_no_seats_gives_nothing_back(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    mine = claim(api, party, "B1").json()["yours"]["holdId"]

    assert code(api.post(f"/parties/{party['token']}/give-back", {"seats": []}, **AS_BIKASH)) == (
        422,
        "VALIDATION_FAILED",
    )
    assert code(api.post(f"/bookings/{mine}/cancel", {"seatIds": []}, **AS_BIKASH)) == (422, "VALIDATION_FAILED")

    assert states(look(api, party))["B1"] == "TAKEN Bikash"


def test_giving_all_back_ends_what_was_offered_for_a_lost_seat(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    claim(api, party, "B1", "B2")
    sell(Api(cast.till(stage)), stage, "B1")
    offer = Booking.objects.exclude(offered_to=None).get()
    assert offer.status == "HELD"

    assert api.post(f"/parties/{party['token']}/give-back", **AS_BIKASH).status_code == 200

    offer.refresh_from_db()
    assert (offer.status, stage.states()[offer.seat_labels[0]]) == ("CANCELLED", "AVAILABLE")
    assert states(look(api, party)) == {"B1": "DROPPED", "B2": "FREE", "B3": "FREE"}
    assert audit.violations() == []


def test_with_an_offer_the_others_seats_of_a_party_stay_in_it(stage: cast.Stage, api: Api) -> None:
    share(api, stage)
    sell(Api(cast.till(stage)), stage, "B1")
    [offered] = Booking.objects.exclude(offered_to=None).get().seat_labels

    wish = {"showtimeId": stage.path, "seatIds": [offered], "sessionToken": cast.ASHA_TOKEN}
    alone = api.post("/bookings/hold", wish)
    purchase.hold(api, stage, "B2", "B3", offered)

    assert code(alone) == (409, "IN_PARTY")
    assert sorted(Booking.objects.get(offered_to=None, channel=None).seat_labels) == sorted(["B2", "B3", offered])
    assert audit.violations() == []


def test_cancelling_a_claim_gives_its_seats_back_to_the_party(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    mine = claim(api, party, "B1", "B2").json()["yours"]["holdId"]

    done = api.post(f"/bookings/{mine}/cancel", **AS_BIKASH).json()

    assert (done["status"], done["cancelledSeats"], done["bookedSeats"]) == ("CANCELLED", ["B1", "B2"], [])
    assert states(look(api, party)) == {"B1": "FREE", "B2": "FREE", "B3": "FREE"}
    assert Booking.objects.get(pk=party["holdId"]).total == 1350
    assert audit.violations() == []


def test_seats_of_a_claim_that_waits_for_its_money_are_anybodys_when_cancelled(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    mine = claim(api, party, "B1").json()["yours"]["holdId"]
    purchase.confirm(api, mine)

    assert api.post(f"/bookings/{mine}/cancel", **AS_BIKASH).json()["cancelledSeats"] == ["B1"]

    assert (stage.states()["B1"], states(look(api, party))["B1"]) == ("AVAILABLE", "DROPPED")


def test_a_sellers_customer_who_shares_is_told_what_is_theirs(stage: cast.Stage) -> None:
    moviepass, customer = Api(cast.moviepass(stage)), {"sessionToken": "their-customer"}
    body = {"showtimeId": stage.path, "seatIds": ["A1", "A2"], **customer}
    held = moviepass.post("/bookings/hold", body).json()["holdId"]

    party = moviepass.post(f"/bookings/{held}/party", customer).json()

    assert (party["yours"]["holdId"], [seat["isYours"] for seat in party["seats"]]) == (held, [True, True])
