"""Customers' accounts: opened, used, changed; and the refusals."""

import pytest
from django.test import Client

from showsewa.models import User
from tests import cast

GIVEN = {"first_name": "Asha", "email": "Asha@Example.com", "password": "momo-and-popcorn-42"}


def test_a_customer_opens_an_account_signs_out_and_in_again(db: None) -> None:
    client = Client()

    opened = client.post("/register/", GIVEN)

    assert opened.status_code == 302 and opened["Location"] == "/me/"
    user = User.objects.get(email="asha@example.com")
    assert not user.is_staff and client.get("/me/account/").status_code == 200
    client.post("/logout/")
    assert client.get("/me/account/").status_code == 302
    back = client.post("/login/", {"username": "asha@example.com", "password": GIVEN["password"]})
    assert back.status_code == 302 and client.get("/me/account/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password": "short"}, "at least 10 characters"),
        ({"password": "password123"}, "too common"),
        ({"email": "no-address"}, "valid email"),
        ({"email": "bikash@example.com"}, "taken"),
    ],
)
def test_an_account_is_refused_with_the_reason(db: None, wrong: dict[str, str], told: str) -> None:
    cast.make_user("bikash@example.com")

    page = Client().post("/register/", GIVEN | wrong)

    assert page.status_code == 200 and told in page.content.decode()
    assert User.objects.count() == 1


def test_a_new_customer_is_no_staff_whatever_the_form_says(db: None) -> None:
    Client().post("/register/", GIVEN | {"is_staff": "on", "is_superuser": "on", "groups": "1"})

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (False, False)


@pytest.mark.parametrize(
    "way_on", ["//evil.example", "https:evil.example", "\\\\evil.example", "https://evil.example/"]
)
def test_opening_an_account_leads_to_no_other_site(db: None, way_on: str) -> None:
    assert Client().post("/register/", GIVEN | {"next": way_on})["Location"] == "/me/"


def test_what_an_account_says_of_its_owner_can_be_changed(db: None) -> None:
    client = Client()
    client.post("/register/", GIVEN)

    client.post("/me/account/", {"first_name": "Asha", "last_name": "Rai", "phone": "9800000001", "language": "ne"})

    user = User.objects.get()
    assert (user.get_full_name(), user.phone, user.language) == ("Asha Rai", "9800000001", "ne")


def test_a_form_may_be_sent_only_so_often(db: None, settings) -> None:
    settings.RATE_LIMIT_PER_MINUTE = 3
    client = Client()

    answers = [client.post("/register/", GIVEN | {"email": "x"}).status_code for _time in range(5)]

    assert answers[:3] == [200] * 3 and answers[3:] == [429] * 2
