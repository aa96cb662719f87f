"""Friends race for the seats of a party. In the control its lock is off, and two believe they have the same seat."""

from functools import partial
from typing import Any

from django.utils import timezone

from bookings.models import Booking, Party, Ticket
from bookings.services import holds
from bookings.services import parties as sharing
from payments import audit
from payments.services import buying
from seatsync import inventory
from seatsync.models import ShowSeat
from showsewa.actors import Actor, Kind
from tests import cast
from tests.races.threads import at_once, winners

SEATS = ("B1", "B2", "B3", "B4")


def party_of(stage: cast.Stage, *, host: Actor = cast.ASHA) -> Party:
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=SEATS, actor=host)
    return sharing.open_party(booking_id=held.booking.pk, name="Asha", actor=host, now=timezone.now())


def friend(number: int) -> Actor:
    return Actor(Kind.SESSION, f"friend-{number}")


def claim(party: Party, number: int, *seats: str) -> Booking:
    chosen = seats or (SEATS[number % len(SEATS)],)
    return sharing.claim(
        token=party.token, seats=chosen, name=f"Friend {number}", actor=friend(number), now=timezone.now()
    )


def test_of_twenty_friends_four_get_a_seat_each_and_the_rest_are_told_who(race_stage: cast.Stage) -> None:
    party = party_of(race_stage)

    results = at_once([partial(claim, party, number) for number in range(20)])

    won = winners(results)
    assert sorted(label for booking in won for label in booking.seat_labels) == sorted(SEATS)
    refused = [result for result in results if isinstance(result, Exception)]
    assert {type(refusal) for refusal in refused} == {sharing.SeatClaimed}
    claims = dict(ShowSeat.objects.filter(label__in=SEATS).values_list("label", "claim"))
    assert claims == {booking.seat_labels[0]: booking.pk for booking in won}
    assert Ticket.objects.filter(booking=party.host_id, released_at=None).count() == 0
    assert audit.violations() == []


def test_control_without_locks_two_have_the_same_seat(race_stage: cast.Stage, settings: Any) -> None:
    settings.UNSAFE = frozenset({sharing.SKIP_LOCK, inventory.SKIP_LOCK})
    party = party_of(race_stage)

    results = [result for seat in SEATS for result in at_once([partial(claim, party, n, seat) for n in range(8)])]

    assert len(winners(results)) > len(SEATS)
    assert audit.violations() != []


def test_a_claim_and_the_hosts_payment_at_once_leave_each_seat_one_owner(race_stage: cast.Stage) -> None:
    for round_ in range(4):
        stage = race_stage if not round_ else cast.make_stage(name=f"Himal {round_}")
        party = party_of(stage, host=friend(100 + round_))
        pay = partial(
            buying.buy,
            booking_id=party.host_id,
            buyer=buying.checkout.Buyer("Asha", "asha@example.com"),
            payment_method="CARD",
            return_path="/",
            actor=cast.ASHA,
            now=timezone.now(),
        )

        friends = [partial(claim, party, 10 * round_ + n, *seats) for n, seats in enumerate([("B1",), ("B2", "B3")])]
        at_once([friends[0], pay, friends[1]])

        host = Booking.objects.get(pk=party.host_id)
        assert host.status == "PENDING"
        assert host.total == 450 * len(host.seat_labels)
        live = Ticket.objects.filter(released_at=None, show_seat__showtime=stage.showtime.pk)
        assert sorted(live.values_list("label", flat=True)) == sorted(SEATS)
    assert audit.violations() == []


def test_two_who_share_and_claim_of_each_other_do_not_wait_in_a_circle(race_stage: cast.Stage) -> None:
    for round_ in range(6):
        stage = race_stage if not round_ else cast.make_stage(name=f"Himal {round_}")
        hosts, parties = (friend(100 + round_), friend(200 + round_)), []
        for host, seats in zip(hosts, (("B1", "B2"), ("C1", "C2")), strict=True):
            held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=seats, actor=host)
            parties.append(
                sharing.open_party(booking_id=held.booking.pk, name="Asha", actor=host, now=timezone.now()).token
            )

        take = partial(sharing.claim, name="Friend", now=timezone.now())
        results = at_once(
            [
                partial(take, token=parties[1], seats=["C1"], actor=hosts[0]),
                partial(take, token=parties[0], seats=["B1"], actor=hosts[1]),
            ]
        )

        assert {type(result) for result in results} == {holds.TooManyHolds}, results


def test_claims_back_and_forth_and_expiry_deadlock_nobody(race_stage: cast.Stage) -> None:
    party = party_of(race_stage)

    def come_and_go(number: int) -> int:
        done = 0
        for _round in range(5):
            try:
                claim(party, number)
                sharing.give_back(token=party.token, seats=(), actor=friend(number), now=timezone.now())
                done += 1
            except sharing.SeatClaimed:
                continue
        return done

    results = at_once([partial(come_and_go, number) for number in range(8)])

    assert all(isinstance(result, int) for result in results), results
    assert sorted(Booking.objects.get(pk=party.host_id).seat_labels) == sorted(SEATS)
    assert audit.violations() == []
