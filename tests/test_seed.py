"""The demo: what `make up` puts on sale, and when it keeps its hands off."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from bookings.models import Booking, PromoCode
from payments import audit
from seatsync import channels
from seatsync.models import Conflict, ShowSeat
from showsewa import demo
from showsewa.demo_data import stage
from showsewa.demo_data.programme import week
from showsewa.models import User
from tests import cast
from venues.models import Cinema, HallLayout, Movie, SeatType, Showtime

pytestmark = pytest.mark.slow


def seed(**options: object) -> str:
    out = StringIO()
    call_command("seed", stdout=out, **options)
    return out.getvalue()


# The tests of an unseeded database come first: the seed of all the others lasts until the end of this file.


def test_if_empty_leaves_somebody_elses_database_alone(db: None) -> None:
    cast.make_stage()

    said = seed(if_empty=True)

    assert "nothing to do" in said
    assert Cinema.objects.count() == 1


def test_live_mode_refuses_the_demo(db: None, settings: LazySettings) -> None:
    settings.IS_LIVE = True

    with pytest.raises(CommandError, match="live mode"):
        seed()

    assert not Cinema.objects.exists()


@pytest.fixture(scope="module")
def _seeded(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """One seed for all tests here, rolled back after the last of them."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer._from_testcase = True
        with outer:
            seed()
            yield
            transaction.set_rollback(True)


@pytest.fixture
def demo_chain(_seeded: None, db: None) -> None:
    pass


def test_the_chain_is_as_large_as_promised(demo_chain: None) -> None:
    sizes = list(HallLayout.objects.values_list("seat_count", flat=True))

    assert Cinema.objects.count() >= 4
    assert Cinema.objects.values("city").distinct().count() >= 3
    assert len([size for size in sizes if size < 2000]) == 9
    assert max(sizes) == 2000
    assert len([size for size in sizes if 300 < size < 2000]) >= 1
    assert (
        Movie.objects.filter(kind="MOVIE").exclude(title_ne="").exclude(synopsis_ne="").count() == 17
    )  # three of them only announced
    assert Movie.objects.filter(kind="EVENT", showtimes__hall__layout__seat_count=2000).exists()


def test_halls_have_sofas_wheelchair_places_companions_and_a_balcony(demo_chain: None) -> None:
    layouts = HallLayout.objects.all()

    types = set(layouts.values_list("seats__seat_type", flat=True))
    assert types == set(SeatType.values)
    assert layouts.filter(seats__section="Balcony").exists()


def test_every_cinema_stands_in_nepal(demo_chain: None) -> None:
    abroad = Cinema.objects.exclude(latitude__range=(26.3, 30.5), longitude__range=(80.0, 88.3))

    assert not abroad.exists()


def test_every_showtime_of_the_week_is_on_sale(demo_chain: None) -> None:
    today = timezone.now().astimezone(stage.ZONE).date()
    showtimes = Showtime.objects.annotate(seats=Count("inventory__seats"))

    assert showtimes.count() == len(list(week(today)))
    assert not showtimes.exclude(seats=F("layout__seat_count")).exists()
    days = {starts_at.astimezone(stage.ZONE).date() for starts_at in showtimes.values_list("starts_at", flat=True)}
    assert days == {today + timedelta(days=number) for number in range(7)}


def test_a_better_seat_costs_more_and_a_morning_less(demo_chain: None) -> None:
    seats = ShowSeat.objects.filter(
        showtime__showtime__cinema__slug="sagarmatha-cineplex-kathmandu",
        seat__layout__hall__name="Hall 1",
        seat__seat_type__in=["PREMIUM", "RECLINER"],
    )
    starts = dict(Showtime.objects.values_list("pk", "starts_at"))
    prices = {
        (zone, starts[showtime_id].astimezone(stage.ZONE).hour >= 17): price
        for zone, showtime_id, price in seats.values_list("seat__zone", "showtime_id", "price")
    }

    assert prices["VIP", True] > prices["PREMIUM", True] > prices["PREMIUM", False]


def test_maps_look_alive_and_no_rule_is_broken(demo_chain: None) -> None:
    statuses = dict(ShowSeat.objects.values_list("status").annotate(Count("pk")))

    assert statuses["BOOKED"] > 20
    assert Booking.objects.count() < 600
    assert not Conflict.objects.exists()
    assert audit.violations() == []


def test_the_demo_logins_open_the_site_and_the_tokens_the_api(demo_chain: None) -> None:
    for role, login in demo.ACCOUNTS.items():
        user = User.objects.get(email=login["email"])
        assert user.check_password(login["password"])
        assert user.is_staff == (role != "customer")
        assert role == "customer" or user.groups.filter(name=role).exists()
    for facts in demo.CHANNELS.values():
        actor = channels.actor_for(facts["token"], now=timezone.now())
        assert actor is not None
        assert facts["source"] in actor.sources


def test_save20_takes_a_fifth_off(demo_chain: None) -> None:
    assert PromoCode.objects.get(code="SAVE20").percent == 20


def test_a_second_seed_is_refused_and_changes_nothing(demo_chain: None) -> None:
    before = Showtime.objects.count(), User.objects.count()

    with pytest.raises(CommandError, match="needs an empty database"):
        seed()

    assert (Showtime.objects.count(), User.objects.count()) == before


def test_if_empty_adds_nothing_to_a_week_that_is_there(demo_chain: None) -> None:
    before = Showtime.objects.count()

    assert "0 showtimes added" in seed(if_empty=True)
    assert Showtime.objects.count() == before


def test_a_demo_started_again_three_days_later_gets_three_more_days(demo_chain: None) -> None:
    before = set(Showtime.objects.values_list("pk", flat=True))
    later = timezone.now().astimezone(stage.ZONE).date() + timedelta(days=3)

    stage.put_on_sale(later, lambda line: None)

    added = Showtime.objects.exclude(pk__in=before)
    days = {starts_at.astimezone(stage.ZONE).date() for starts_at in added.values_list("starts_at", flat=True)}
    assert days == {later + timedelta(days=number) for number in (4, 5, 6)}
    assert not added.filter(inventory=None).exists()
