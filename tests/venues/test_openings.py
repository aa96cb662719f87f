""" "Tell me when tickets are on sale": one message when the first showtime opens, and a way to say no more."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from bookings import openings, tasks
from bookings.services import openings as asked
from seatsync import opening
from seatsync.models import OpeningNotice
from seatsync.models.openings import NOT_YET
from tests import cast
from venues.models import Movie, Showtime

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _post(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MAILBOX = tmp_path


@pytest.fixture
def film(stage: cast.Stage) -> Movie:
    """Announced, and nowhere to be seen yet."""
    released = timezone.localdate() + timedelta(days=20)
    return Movie.objects.create(title="Khukuri Protocol", title_ne="खुकुरी प्रोटोकल", released_on=released)


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def ask(visitor: Client, film: Movie, address: str, city: str = "Kathmandu") -> Any:
    return visitor.post(f"/movies/{film.pk}/tell-me/", {"address": address, "city": city})


def go_on_sale(stage: cast.Stage, film: Movie) -> Showtime:
    return cast.make_showtime(stage.hall, film, starts_at=stage.showtime.starts_at + timedelta(days=2))


def test_a_movie_to_come_is_announced_and_offers_to_tell(visitor: Client, stage: cast.Stage, film: Movie) -> None:
    home, coming = (visitor.get(path).content.decode() for path in ("/", "/coming/"))
    page = visitor.get(f"/movies/{film.pk}/").content.decode()

    assert f"/movies/{film.pk}/#tell-me" in home and f"/movies/{film.pk}/#tell-me" in coming
    assert "Tell me when tickets are on sale" in page
    go_on_sale(stage, film)
    assert f"/movies/{film.pk}/#tell-me" not in visitor.get("/coming/").content.decode()
    assert "Tell me when" not in visitor.get(f"/movies/{film.pk}/").content.decode()


def test_who_asked_is_told_once_when_sales_open(visitor: Client, stage: cast.Stage, film: Movie) -> None:
    answer = ask(visitor, film, " Asha@Example.com ")
    assert answer.status_code == 302
    assert "We will send one e-mail" in visitor.get(answer["Location"]).content.decode()
    assert tasks.tell_of_sales() == 0 and mail.outbox == []

    scheduled = cast.make_showtime(
        stage.hall, film, starts_at=stage.showtime.starts_at + timedelta(days=2), is_open=False
    )
    assert tasks.tell_of_sales() == 0
    opening.open_sales([scheduled.pk])
    assert tasks.tell_of_sales() == 1
    cast.make_showtime(stage.hall, film, starts_at=scheduled.starts_at + timedelta(days=1))

    assert tasks.tell_of_sales() == 0
    (letter,) = mail.outbox
    assert letter.to == ["asha@example.com"] and letter.subject == "On sale now: Khukuri Protocol"
    assert f"/movies/{film.pk}/?city=Kathmandu" in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_phone_is_told_by_sms_in_the_language_it_was_asked_in(
    visitor: Client, stage: cast.Stage, film: Movie, tmp_path: Path
) -> None:
    visitor.cookies["django_language"], visitor.cookies["digits"] = "ne", "deva"
    ask(visitor, film, "९८४१-२३४५६७")
    go_on_sale(stage, film)

    assert tasks.tell_of_sales() == 1

    (text,) = (path.read_text() for path in tmp_path.glob("*.sms"))
    assert text.startswith("To: 9841234567") and "खुकुरी प्रोटोकल" in text and "/n/" in text
    assert re.search(r"शो [०-९]+ \S+ \([०-९]+ \S+\) देखि", text)  # the day of the first show, in both calendars


def test_asking_twice_is_one_promise_and_other_cities_are_others(
    visitor: Client, stage: cast.Stage, film: Movie
) -> None:
    for _time in range(2):
        assert ask(visitor, film, "asha@example.com").status_code == 302

    assert OpeningNotice.objects.count() == 1
    assert ask(visitor, film, "asha@example.com", city="Atlantis").status_code == 422


@pytest.mark.parametrize("address", ["", "asha@", "12", "<b>@x", "asha@example.com\nBcc: all@example.com"])
def test_what_is_no_address_is_said_beside_the_field(visitor: Client, film: Movie, address: str) -> None:
    answer = ask(visitor, film, address)

    assert answer.status_code == 422
    assert 'id="tell-me-error"' in answer.content.decode()
    assert not OpeningNotice.objects.exists()


def test_what_is_on_sale_already_needs_no_waiting(visitor: Client, stage: cast.Stage) -> None:
    answer = ask(visitor, stage.movie, "asha@example.com")

    assert answer.status_code == 422 and not OpeningNotice.objects.exists()


def test_an_address_waits_for_so_many_and_no_more(
    visitor: Client, film: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "MOST_PER_ADDRESS", 1)
    assert ask(visitor, film, "asha@example.com").status_code == 302

    another = Movie.objects.create(title="Another", released_on=film.released_on)

    assert ask(visitor, another, "asha@example.com").status_code == 422


def test_looking_at_the_link_changes_nothing_and_its_buttons_stop_it(
    visitor: Client, stage: cast.Stage, film: Movie
) -> None:
    others = [Movie.objects.create(title=f"Film {n}", released_on=film.released_on) for n in range(2)]
    for movie in (film, *others):
        ask(visitor, movie, "asha@example.com")
    one = OpeningNotice.objects.get(movie=film)
    path = openings.link(one).partition("//")[2].partition("/")[2]

    assert "We will tell you once" in visitor.get(f"/{path}").content.decode()
    assert OpeningNotice.objects.count() == 3
    # As a mail program does it: without cookies and without our form (RFC 8058).
    assert Client(enforce_csrf_checks=True).post(f"/{path}").status_code == 302
    assert OpeningNotice.objects.count() == 2
    assert visitor.get(f"/{path}").status_code == 404
    left = openings.code(OpeningNotice.objects.first().pk)
    visitor.post(f"/n/{left}/", {"all": "1"})
    assert not OpeningNotice.objects.exists()


@pytest.mark.parametrize("code", ["x", "A" * 38, "-" * 38])
def test_a_link_we_never_gave_is_not_found(visitor: Client, film: Movie, code: str) -> None:
    ask(visitor, film, "asha@example.com")

    assert visitor.post(f"/n/{code}/").status_code == 404
    assert OpeningNotice.objects.count() == 1


def test_a_show_cancelled_before_the_message_goes_keeps_it_waiting(
    visitor: Client, stage: cast.Stage, film: Movie
) -> None:
    ask(visitor, film, "asha@example.com")
    show = go_on_sale(stage, film)
    assert asked.wake(now=timezone.now()) == 1
    Showtime.objects.filter(pk=show.pk).update(cancelled_at=timezone.now())

    tasks.tell_of_sales()

    waiting = OpeningNotice.objects.get()
    assert mail.outbox == [] and (waiting.due_at, waiting.attempts, waiting.is_open) == (NOT_YET, 0, True)


def test_addresses_are_forgotten_when_they_are_of_no_more_use(visitor: Client, stage: cast.Stage, film: Movie) -> None:
    ask(visitor, film, "asha@example.com")
    ask(visitor, film, "9841234567")
    now = timezone.now()

    assert asked.purge(now=now) == 0
    assert asked.forget(phone="+977 984-1234567") == 1
    go_on_sale(stage, film)
    tasks.tell_of_sales()
    assert asked.purge(now=now + timedelta(days=29)) == 0
    assert asked.purge(now=now + timedelta(days=31)) == 1


def test_the_form_in_the_page_is_guarded_against_other_sites(film: Movie) -> None:
    answer = Client(enforce_csrf_checks=True).post(f"/movies/{film.pk}/tell-me/", {"address": "a@example.com"})

    assert answer.status_code == 403
    assert re.search(r"reload", answer.content.decode())
