"""Seats of a party on their way to and fro: nobody gets more than they asked for, and strangers none of them."""

from tests import cast
from tests.bookings.test_parties import claim, look, share, states
from tests.conftest import Api


def test_claiming_again_what_is_yours_takes_nothing_else(stage: cast.Stage, api: Api) -> None:
    party = share(api, stage)
    claim(api, party, "B1")

    again = claim(api, party, "B1")

    assert (again.status_code, again.json()["yours"]["seats"]) == (201, ["B1"])
    assert states(look(api, party)) == {"B1": "TAKEN Bikash", "B2": "FREE", "B3": "FREE"}
