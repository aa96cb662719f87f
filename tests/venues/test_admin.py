"""The programme at the desk: scheduling, prices, new seats for a hall, cancelling a showtime."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from seatsync.models import ShowSeat
from showsewa.models import User
from tests import cast
from venues.models import Hall, Price, PriceCard, Showtime


@pytest.fixture
def desk(devi: User) -> Client:
    client = Client()
    client.force_login(devi)
    return client


def test_a_showtime_is_scheduled_by_the_clock_of_its_cinema(desk: Client, stage: cast.Stage) -> None:
    PriceCard.objects.create(cinema=stage.cinema, amount=400)
    day = timezone.now() + timedelta(days=2)

    answer = desk.post(reverse("admin:venues_showtime_add"), _form(stage, date=f"{day:%Y-%m-%d}", time="18:30"))

    made = Showtime.objects.latest("created_at")
    assert answer.status_code == 302
    assert f"{made.starts_at:%Y-%m-%d %H:%M}" == f"{day:%Y-%m-%d} 12:45"  # 18:30 in Kathmandu


def test_a_show_is_scheduled_for_a_week_but_for_the_day_that_is_taken(desk: Client, stage: cast.Stage) -> None:
    PriceCard.objects.create(cinema=stage.cinema, amount=400)
    first = timezone.localtime(stage.showtime.starts_at, ZoneInfo(stage.cinema.time_zone)) + timedelta(days=1)
    taken = cast.make_showtime(stage.hall, stage.movie, starts_at=first + timedelta(days=2))
    days = {"date": f"{first:%Y-%m-%d}", "time": f"{first:%H:%M}", "until": f"{first + timedelta(days=6):%Y-%m-%d}"}

    answer = desk.post(reverse("admin:venues_showtime_add"), _form(stage, **days), follow=True)

    made = Showtime.objects.exclude(pk__in=[stage.showtime.pk, taken.pk]).order_by("starts_at")
    starts = [timezone.localtime(one.starts_at, ZoneInfo(stage.cinema.time_zone)) for one in made]
    assert [start.date() for start in starts] == [first.date() + timedelta(days=n) for n in (0, 1, 3, 4, 5, 6)]
    assert {f"{start:%H:%M}" for start in starts} == {f"{first:%H:%M}"}
    assert "is scheduled on 6 days" in answer.content.decode()
    assert "another show is in the hall" in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"date": "2026-01-01"}, "This time is over."),
        ({"date": "2031-01-01", "until": "2030-12-31"}, "At most 31 days"),
        ({"date": "2031-01-01", "until": "2031-02-01"}, "At most 31 days"),
    ],
)
def test_days_that_cannot_be_meant_are_errors_of_the_form(
    desk: Client, stage: cast.Stage, wrong: dict[str, str], said: str
) -> None:
    PriceCard.objects.create(cinema=stage.cinema, amount=400)

    answer = desk.post(reverse("admin:venues_showtime_add"), _form(stage, **{"time": "18:30"} | wrong))

    assert said in answer.content.decode()
    assert Showtime.objects.count() == 1


def test_an_overlap_is_an_error_of_the_form(desk: Client, stage: cast.Stage) -> None:
    PriceCard.objects.create(cinema=stage.cinema, amount=400)
    at = timezone.localtime(stage.showtime.starts_at + timedelta(minutes=30), ZoneInfo("Asia/Kathmandu"))

    answer = desk.post(reverse("admin:venues_showtime_add"), _form(stage, date=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}"))

    assert answer.status_code == 422
    assert "Another show is in this hall" in answer.content.decode()
    assert Showtime.objects.count() == 1


def test_a_showtime_without_prices_is_an_error_of_the_form(desk: Client, stage: cast.Stage) -> None:
    answer = desk.post(reverse("admin:venues_showtime_add"), _form(stage, date="2031-01-01", time="18:30"))

    assert answer.status_code == 422
    assert "No price for" in answer.content.decode()
    assert Showtime.objects.count() == 1


def test_a_hall_of_another_cinema_is_no_choice(desk: Client, stage: cast.Stage) -> None:
    other = cast.make_stage(name="Rara Cinema")

    answer = desk.post(reverse("admin:venues_showtime_add"), _form(other, date="2031-01-01", time="18:30"))

    assert "hall" in answer.context["form"].errors
    assert Showtime.objects.filter(hall=other.hall).count() == 1


def test_new_prices_reach_the_free_seats(desk: Client, stage: cast.Stage) -> None:
    answer = desk.post(_page("change_prices", stage), {"price_0": "500"})

    assert answer.status_code == 302
    assert set(ShowSeat.objects.values_list("price", flat=True)) == {Decimal(500)}
    assert Price.objects.get().amount == 500


def test_a_missing_price_is_an_error_of_the_form(desk: Client, stage: cast.Stage) -> None:
    answer = desk.post(_page("change_prices", stage), {"price_0": ""})

    assert answer.status_code == 200
    assert "price_0" in answer.context["form"].errors
    assert Price.objects.get().amount == 450


def test_cancelling_a_showtime_asks_first_and_stops_sales(desk: Client, stage: cast.Stage, api: Any) -> None:
    asked = desk.get(_page("cancel", stage)).content.decode()
    stage.showtime.refresh_from_db()
    assert "everybody is told" in asked
    assert stage.showtime.cancelled_at is None

    desk.post(_page("cancel", stage))

    stage.showtime.refresh_from_db()
    assert stage.showtime.cancelled_at is not None
    assert "cancelled already" in desk.post(_page("cancel", stage)).content.decode()


def test_the_counter_may_not_cancel_a_showtime(chandra: User, stage: cast.Stage) -> None:
    client = Client()
    client.force_login(chandra)

    assert client.post(_page("cancel", stage)).status_code == 403


def test_a_hall_gets_new_seats_from_a_pasted_plan(desk: Client, stage: cast.Stage) -> None:
    plan = json.dumps(stage.hall.layout.seat_layout | {"sections": [_two_seats()]})

    answer = desk.post(_hall_page(stage), {"pasted": plan})

    hall = Hall.objects.select_related("layout").get(pk=stage.hall.pk)
    assert answer.status_code == 302
    assert (hall.layout.version, hall.layout.seat_count) == (2, 2)
    assert Showtime.objects.get().layout_id == stage.showtime.layout_id  # scheduled before: keeps its seats


def test_a_hall_gets_new_seats_from_a_file(desk: Client, stage: cast.Stage) -> None:
    file = SimpleUploadedFile("hall.json", json.dumps({"sections": [_two_seats()]}).encode())

    desk.post(_hall_page(stage), {"file": file})

    assert Hall.objects.select_related("layout").get(pk=stage.hall.pk).layout.seat_count == 2


def test_a_faulty_plan_is_refused_with_the_place_of_each_fault(desk: Client, stage: cast.Stage) -> None:
    section = _two_seats()
    section["rows"][0]["seats"][1]["coordinates"]["x"] = "far"

    answer = desk.post(_hall_page(stage), {"pasted": json.dumps({"sections": [section]})})

    assert answer.status_code == 422
    assert "/sections/0/rows/0/seats/1/coordinates/x" in answer.content.decode()
    assert stage.hall.layouts.count() == 1


def test_nothing_pasted_and_no_file_is_an_error_of_the_form(desk: Client, stage: cast.Stage) -> None:
    assert "Choose a file or paste a plan." in desk.post(_hall_page(stage), {}).content.decode()


def test_the_hall_is_drawn(desk: Client, stage: cast.Stage) -> None:
    page = desk.get(reverse("admin:venues_hall_change", args=[stage.hall.pk])).content.decode()

    assert page.count("data-l=") == 15


def test_who_founds_a_cinema_works_there(stage: cast.Stage) -> None:
    chief = cast.make_user("chief@example.com", role="admin", cinemas=(stage.cinema,))
    client = Client()
    client.force_login(chief)
    sent = {
        "name": "Rara Cinema", "slug": "rara", "city": "Jumla", "latitude": "29.5", "longitude": "82.1",
        "currency": "NPR", "time_zone": "Asia/Kathmandu", "is_active": "on", "image_keys": "",
        "lonely_seats": "OFF", "counter_minutes": "30", "counter_seats": "4",
        "price_cards-TOTAL_FORMS": "0", "price_cards-INITIAL_FORMS": "0",
    }  # fmt: skip

    answer = client.post(reverse("admin:venues_cinema_add"), sent)

    assert answer.status_code == 302
    assert chief.cinemas.filter(name="Rara Cinema").exists()


def _form(stage: cast.Stage, *, date: str, time: str, until: str = "") -> dict[str, Any]:
    return {
        "movie": str(stage.movie.pk), "hall": str(stage.hall.pk), "starts_at_0": date, "starts_at_1": time,
        "until": until, "format": "2D", "language": "", "subtitles": "",
    }  # fmt: skip


def _two_seats() -> dict[str, Any]:
    seats = [
        {"id": label, "label": label, "coordinates": {"x": 40 * place, "y": 40}, "seatType": "standard"}
        for place, label in enumerate(["A1", "A2"])
    ]
    return {"id": "main", "name": "Main", "rows": [{"label": "A", "seats": seats}]}


def _page(name: str, stage: cast.Stage) -> str:
    return reverse(f"admin:venues_showtime_{name}", args=[stage.showtime.pk])


def _hall_page(stage: cast.Stage) -> str:
    return reverse("admin:venues_hall_new_layout", args=[stage.hall.pk])
