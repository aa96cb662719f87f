"""A review that helped: said once a person, by accounts, never of one's own; the most helpful comes first."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, HelpfulVote, Review
from showsewa.models import User
from tests import cast
from tests.cast import Stage
from tests.conftest import Api
from tests.visitor import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(stage: Stage) -> Booking:
    booking = Visitor().buy(stage, "A1")
    past = timezone.now() - timedelta(hours=3)
    over = {"starts_at": past, "ends_at": past + timedelta(hours=2), "busy_until": past + timedelta(hours=2)}
    type(stage.showtime).objects.filter(pk=stage.showtime.pk).update(**over)
    return booking


def write(stage: Stage, booking: Booking, author: str) -> Review:
    return Review.objects.create(movie=stage.movie, booking=booking, author=author, rating=3, name=author[:40])


def as_user(user: User) -> Api:
    api = Api()
    api.client.force_login(user)
    return api


def vote(api: Api, review: Review, method: str = "POST") -> tuple[int, object]:
    answer = api.send(method, f"/reviews/{review.pk}/helpful")
    return answer.status_code, answer.json().get("helpful", answer.json().get("code"))


def names(stage: Stage, more: str = "") -> list[str]:
    listed = Api().get(f"/reviews?itemType=movie&itemId={stage.movie.pk}{more}").json()
    return [one["author"] for one in listed["items"]]


def test_a_person_counts_once_and_may_think_again(stage: Stage, seen: Booking, asha: User, bikash: User) -> None:
    review = write(stage, seen, "x")

    said = [vote(as_user(asha), review), vote(as_user(asha), review), vote(as_user(bikash), review)]
    taken_back = [vote(as_user(asha), review, "DELETE"), vote(as_user(asha), review, "DELETE")]

    assert said == [(200, 1), (200, 1), (200, 2)]
    assert taken_back == [(200, 1), (200, 1)]
    assert HelpfulVote.objects.count() == 1


def test_who_has_no_account_does_not_count(stage: Stage, seen: Booking, asha: User) -> None:
    review = write(stage, seen, "x")
    assert vote(as_user(asha), review) == (200, 1)

    assert vote(Api(), review) == (403, "SIGN_IN_FIRST")
    assert vote(Api(client=Visitor()), review) == (403, "SIGN_IN_FIRST")
    token = Api().post(f"/reviews/{review.pk}/helpful", {"sessionToken": "t" * 20})
    assert (token.status_code, token.json()["code"]) == (403, "SIGN_IN_FIRST")
    assert vote(Api(cast.till(stage)), review)[0] == 403
    assert HelpfulVote.objects.count() == 1


def test_nobody_counts_for_their_own(stage: Stage, seen: Booking, asha: User, bikash: User) -> None:
    own = write(stage, seen, cast.staff_actor(asha).key)
    Booking.objects.filter(pk=seen.pk).update(user=bikash)  # written as a guest, before the account had it

    assert vote(as_user(asha), own) == (403, "OWN_REVIEW")
    assert vote(as_user(bikash), own) == (403, "OWN_REVIEW")


def test_a_hidden_review_is_not_found(stage: Stage, seen: Booking, asha: User) -> None:
    review = write(stage, seen, "x")
    Review.objects.filter(pk=review.pk).update(hidden_at=timezone.now(), hidden_reason="rude")

    assert vote(as_user(asha), review) == (404, "NOT_FOUND")


def test_the_most_helpful_comes_first_and_pages_follow(
    stage: Stage, seen: Booking, asha: User, bikash: User, devi: User
) -> None:
    first, second, third, fourth = (write(stage, seen, name) for name in ("a", "b", "c", "d"))
    for review, people in ((first, (asha, bikash)), (third, (asha,)), (second, (devi,))):
        for person in people:
            HelpfulVote.objects.create(review=review, user=person)

    assert names(stage) == ["a", "c", "b", "d"]
    assert names(stage, "&sort=newest") == ["d", "c", "b", "a"]
    assert fourth.author == "d"
    path = f"/reviews?itemType=movie&itemId={stage.movie.pk}&limit=2"
    one = Api().get(path).json()
    two = Api().get(f"{path}&cursor={one['nextCursor']}").json()
    assert [[item["helpful"] for item in page["items"]] for page in (one, two)] == [[2, 1], [1, 0]]
    assert [item["author"] for item in two["items"]] == ["b", "d"]
    assert Api().get(f"{path}&cursor=x").status_code == 422
    assert Api().get(f"{path}&sort=stars").status_code == 422


def test_the_page_has_a_button_for_people_with_an_account(stage: Stage, seen: Booking, asha: User) -> None:
    review, page = write(stage, seen, "x"), reverse("movie", args=[stage.movie.pk])
    press, client = reverse("review-helpful", args=[review.pk]), Client()
    client.force_login(asha)

    assert press not in Client().get(page).content.decode()
    assert f'action="{press}"' in client.get(page).content.decode()
    assert client.post(press)["Location"] == f"{page}#review-{review.pk}"
    shown = client.get(page).content.decode()
    assert "1 person found this helpful" in shown and 'aria-pressed="true"' in shown
    client.post(press, {"undo": "1"})
    assert "found this helpful" not in client.get(page).content.decode()
    assert Client().post(press).status_code == 403
    assert not HelpfulVote.objects.exists()
