"""OP40: whoever was there says how it was, once, and staff can hide it with a reason."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings import selectors
from bookings.models import Booking, Review
from payments.services import counter
from showsewa.models import User
from tests import cast
from tests.cast import Stage
from tests.conftest import Api
from tests.visitor import Visitor
from venues.models import Showtime

pytestmark = pytest.mark.django_db


def end(stage: Stage) -> None:
    """The show is over."""
    past = timezone.now() - timedelta(hours=3)
    Showtime.objects.filter(pk=stage.showtime.pk).update(
        starts_at=past, ends_at=past + timedelta(hours=2), busy_until=past + timedelta(hours=2)
    )


@pytest.fixture
def visitor(stage: Stage) -> Visitor:
    return Visitor()


@pytest.fixture
def seen(stage: Stage, visitor: Visitor) -> Booking:
    """The visitor bought a seat and the show is over."""
    booking = visitor.buy(stage, "A1")
    end(stage)
    return booking


def body(stage: Stage, **more: Any) -> dict[str, Any]:
    return {"itemType": "movie", "itemId": str(stage.movie.pk), "rating": 4, "review": "Good momo scenes."} | more


def test_somebody_who_was_there_says_how_it_was_and_says_it_anew(stage: Stage, visitor: Visitor, seen: Booking) -> None:
    asha = Api(client=visitor)

    made = asha.post("/reviews", body(stage))
    again = asha.post("/reviews", body(stage, rating=5, review=""))
    theatre = asha.post("/reviews", body(stage, itemType="theatre", itemId=str(stage.cinema.pk), rating=2))

    assert [answer.status_code for answer in (made, again, theatre)] == [201, 200, 201]
    assert (made.json()["author"], made.json()["rating"]) == ("Asha", 4)
    assert again.json()["id"] == made.json()["id"]
    listed = Api().get(f"/reviews?itemType=movie&itemId={stage.movie.pk}").json()
    assert (listed["average"], listed["count"], listed["nextCursor"]) == (5, 1, None)
    assert [(one["rating"], one["review"], one["author"]) for one in listed["items"]] == [(5, "", "Asha")]
    assert Api().get(f"/reviews?itemType=theatre&itemId={stage.cinema.pk}").json()["average"] == 2


def test_who_was_not_there_or_not_yet_is_refused(stage: Stage, visitor: Visitor, bikash: User) -> None:
    asha, stranger = Api(client=visitor), Api()
    stranger.client.force_login(bikash)
    visitor.hold(stage, "B1")

    def refused(caller: Api) -> str:
        answer = caller.post("/reviews", body(stage))
        assert answer.status_code == 403
        return str(answer.json()["code"])

    assert {refused(caller) for caller in (asha, stranger, Api())} == {"NOT_ATTENDED"}
    booking = visitor.buy(stage, "A1")
    assert refused(asha) == "NOT_ATTENDED"  # it has not been shown
    end(stage)
    assert asha.post("/reviews", body(stage)).status_code == 201
    assert refused(stranger) == "NOT_ATTENDED"
    Review.objects.all().delete()
    Showtime.objects.filter(pk=stage.showtime.pk).update(cancelled_at=timezone.now())
    assert refused(asha) == "NOT_ATTENDED"
    Showtime.objects.filter(pk=stage.showtime.pk).update(cancelled_at=None)
    Booking.objects.filter(pk=booking.pk).update(status="REFUNDED")
    assert refused(asha) == "NOT_ATTENDED"


def test_other_movies_and_cinemas_are_not_theirs_to_review(stage: Stage, visitor: Visitor, seen: Booking) -> None:
    other = cast.make_stage(name="Other")
    asha = Api(client=visitor)

    assert asha.post("/reviews", body(stage)).status_code == 201
    assert asha.post("/reviews", body(stage, itemId=str(other.movie.pk))).status_code == 403
    assert asha.post("/reviews", body(stage, itemType="theatre", itemId=str(other.cinema.pk))).status_code == 403
    assert asha.post("/reviews", body(stage, itemId=str(uuid.uuid4()))).status_code == 404
    assert asha.post("/reviews", body(stage, itemType="theatre")).status_code == 404


def test_a_ticket_link_speaks_for_a_seat_sold_at_the_counter_and_the_cashier_does_not(
    stage: Stage, chandra: User
) -> None:
    now = timezone.now()
    actor = cast.staff_actor(chandra)
    sold = [
        counter.sell(showtime_id=stage.showtime.pk, seats=[seat], tender="CASH", actor=actor, now=now)
        for seat in ("A1", "A2")
    ]
    end(stage)
    cashier = Api()
    cashier.client.force_login(chandra)

    assert cashier.post("/reviews", body(stage)).status_code == 403
    for booking in sold:
        path, named = f"/reviews?key={selectors.link_key(booking.pk)}", body(stage, bookingId=str(booking.pk))
        assert Api().post(path, named).status_code == 201
        assert Api().post(path, named).status_code == 200
        assert Api().post(f"/reviews?key={'x' * 43}", named).status_code == 403
    assert Review.objects.count() == 2


def test_a_key_reads_reviews_and_writes_none(stage: Stage) -> None:
    till = Api(cast.till(stage))

    assert till.get(f"/reviews?itemType=movie&itemId={stage.movie.pk}").status_code == 200
    assert till.post("/reviews", body(stage)).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"rating": 0}, {"rating": 6}, {"rating": 4.5}, {"rating": None}, {"itemType": "hall"}, {"itemId": "x"},
        {"review": "x" * 2001}, {"review": 7}, {"review": "a\u202eb"},
    ],
)  # fmt: skip
def test_a_wrong_review_is_refused_by_its_place(
    stage: Stage, visitor: Visitor, seen: Booking, wrong: dict[str, Any]
) -> None:
    refused = Api(client=visitor).post("/reviews", body(stage, **wrong))

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == f"/{next(iter(wrong))}"


def test_nothing_else_of_a_body_is_taken(stage: Stage, visitor: Visitor, seen: Booking) -> None:
    extra = {"author": "user:1", "name": "Rajesh", "hidden_at": None, "created_at": "2020-01-01T00:00:00Z", "id": "x"}

    Api(client=visitor).post("/reviews", body(stage) | extra)

    review = Review.objects.get()
    assert (review.name, review.author) == ("Asha", seen.owner)
    assert review.created_at > timezone.now() - timedelta(minutes=1)


def test_pages_follow_each_other_in_a_fixed_number_of_statements(stage: Stage, visitor: Visitor, seen: Booking) -> None:
    for n in range(5):
        Review.objects.create(movie=stage.movie, booking=seen, author=f"a{n}", rating=3, name=f"N{n}")
    path = f"/reviews?itemType=movie&itemId={stage.movie.pk}"

    with CaptureQueriesContext(connection) as queries:
        first = Api().get(f"{path}&limit=3").json()
    assert len(queries) == 3
    second = Api().get(f"{path}&limit=3&cursor={first['nextCursor']}").json()

    assert [one["author"] for page in (first, second) for one in page["items"]] == ["N4", "N3", "N2", "N1", "N0"]
    assert (first["count"], second["nextCursor"]) == (5, None)
    assert Api().get(f"{path}&ordering=rating").status_code == 400
    assert Api().get("/reviews").status_code == 422


def test_a_hidden_review_is_gone_with_its_stars_and_stays_so_when_rewritten(
    stage: Stage, visitor: Visitor, seen: Booking, devi: User, chandra: User
) -> None:
    asha, path = Api(client=visitor), f"/reviews?itemType=movie&itemId={stage.movie.pk}"
    review = asha.post("/reviews", body(stage, rating=1)).json()["id"]
    manager, cashier = Client(), Client()
    manager.force_login(devi)
    cashier.force_login(chandra)
    page = reverse("admin:bookings_review_changelist") + f"{review}/hide/"

    assert cashier.post(page, {"reason": "no"}).status_code == 403
    assert manager.post(page, {"reason": ""}).status_code == 200  # asked again
    assert Api().get(path).json()["count"] == 1
    assert manager.post(page, {"reason": "insults the staff"}).status_code == 302
    assert Api().get(path).json() == {"average": None, "count": 0, "items": [], "nextCursor": None}
    asha.post("/reviews", body(stage, rating=5))
    assert Api().get(path).json()["count"] == 0
    assert Review.objects.get().hidden_reason == "insults the staff"
    assert manager.post(page.replace("/hide/", "/show/")).status_code == 302
    assert Api().get(path).json()["average"] == 5


def test_the_movie_page_shows_reviews_and_takes_one_from_who_was_there(
    stage: Stage, visitor: Visitor, seen: Booking
) -> None:
    page = reverse("movie", args=[stage.movie.pk])
    write = reverse("review", args=[stage.movie.pk])
    evil = "<script>alert(1)</script>\n<img src=x onerror=alert(2)> \"'>"

    assert 'name="rating"' not in Client().get(page).content.decode()
    assert 'name="rating"' in visitor.get(page).content.decode()
    assert visitor.post(write, {"rating": "5", "text": evil})["Location"] == f"{page}#reviews"
    shown = Client().get(page).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>&lt;img src=x" in shown
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "Asha" in shown
    assert visitor.post(write, {"rating": "9"}).status_code == 422
    assert Client().post(write, {"rating": "5"}).status_code == 403


def test_the_ticket_link_leads_to_the_form(stage: Stage, visitor: Visitor, seen: Booking) -> None:
    key = selectors.link_key(seen.pk)
    page = reverse("movie", args=[stage.movie.pk])

    ticket = Client().get(f"/bookings/{seen.pk}/?key={key}").content.decode()
    assert f"{page}?booking={seen.pk}&amp;key={key}#reviews" in ticket
    form = Client().get(f"{page}?booking={seen.pk}&key={key}").content.decode()
    assert f'name="key" value="{key}"' in form
    sent = {"rating": "4", "text": "", "booking": str(seen.pk), "key": key}
    assert Client().post(reverse("review", args=[stage.movie.pk]), sent).status_code == 302
    assert 'name="rating"' not in Client().get(f"{page}?booking={seen.pk}&key=wrong").content.decode()
    assert Client().get(f"{page}?booking=x&key=y").status_code == 200
