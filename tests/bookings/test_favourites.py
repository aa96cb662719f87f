"""Hearts on movies and cinemas: on their pages, on the account's, and what they bring."""

from django.test import Client

from bookings.models import Favourite
from bookings.services import favourites as liking
from seatsync.models import OpeningNotice
from showsewa.models import User
from tests import cast
from venues.models import Movie


def test_a_heart_is_put_on_a_movie_and_a_cinema_and_taken_off(stage: cast.Stage, asha: User) -> None:
    client = Client()
    client.force_login(asha)
    movie, cinema = f"/movies/{stage.movie.pk}/", f"/cinemas/{stage.cinema.slug}/"

    for page in (movie, cinema):
        client.post(f"{page}favourite/", {"on": "1"})
        client.post(f"{page}favourite/", {"on": "1"})
        assert 'aria-pressed="true"' in client.get(page).content.decode()
    assert Favourite.objects.count() == 2 and movie in client.get("/me/account/").content.decode()

    back = client.post(f"{movie}favourite/", {"off": "1", "next": "//evil.example"})
    assert back["Location"] == movie and Favourite.objects.get().cinema == stage.cinema


def test_without_an_account_the_heart_leads_to_one(stage: cast.Stage) -> None:
    answer = Client().post(f"/movies/{stage.movie.pk}/favourite/", {"on": "1"})

    assert answer["Location"] == f"/login/?next=/movies/{stage.movie.pk}/" and Favourite.objects.count() == 0


def test_sales_of_a_favourite_are_told_unless_switched_off(stage: cast.Stage, asha: User) -> None:
    client, coming = Client(), Movie.objects.create(title="Later", runtime_minutes=90)
    client.force_login(asha)

    client.post(f"/movies/{coming.pk}/favourite/", {"on": "1"})
    assert OpeningNotice.objects.get().address == asha.email

    client.post("/me/account/", {"language": "en"})
    assert OpeningNotice.objects.count() == 0


def test_at_the_limit_a_heart_that_is_there_stays(stage: cast.Stage, asha: User) -> None:
    movies = [Movie(title=f"Movie {number}", runtime_minutes=90) for number in range(liking.MOST)]
    Favourite.objects.bulk_create(Favourite(user=asha, movie=movie) for movie in Movie.objects.bulk_create(movies))
    client = Client()
    client.force_login(asha)

    assert client.post(f"/movies/{movies[0].pk}/favourite/", {"on": "1"}).status_code == 302
    assert client.post(f"/movies/{stage.movie.pk}/favourite/", {"on": "1"}).status_code == 422
    assert Favourite.objects.count() == liking.MOST
