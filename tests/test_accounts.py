"""Customers' accounts: opened by a code, used, changed; and the refusals."""

import smtplib
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from showsewa import account_mails
from showsewa.models import User
from tests import cast, letters


@pytest.fixture
def client(db: None) -> Client:
    return Client()


def test_a_customer_opens_an_account_signs_out_and_in_again(client: Client) -> None:
    asked = client.post("/register/", {"first_name": "Asha", "email": "Asha@Example.com"})
    assert (asked["Location"], letters.is_in(client)) == ("/register/confirm/", False)

    opened = client.post("/register/confirm/", {"code": letters.code()})

    assert opened["Location"] == "/me/" and letters.is_in(client)
    user = User.objects.get(email="asha@example.com")
    assert (user.first_name, user.is_staff, user.has_usable_password()) == ("Asha", False, False)
    client.post("/logout/")
    assert not letters.is_in(client)
    client.post("/login/code/", {"username": "asha@example.com"})
    assert client.post("/login/code/confirm/", {"code": letters.code().lower()}).status_code == 302
    assert letters.is_in(client)


def test_a_wrong_code_opens_nothing_and_the_third_ends_it(client: Client) -> None:
    client.post("/register/", {"email": "asha@example.com"})
    right = letters.code()

    answers = [client.post("/register/confirm/", {"code": "BBBB-BBBB"}) for _time in range(3)]

    assert "This code is wrong" in answers[0].content.decode()
    assert answers[2]["Location"] == "/login/"
    client.post("/register/confirm/", {"code": right})
    assert not letters.is_in(client)
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_another_code_can_be_sent_and_the_first_counts_no_more(client: Client) -> None:
    cast.make_user("asha@example.com")
    client.post("/login/code/", {"username": "asha@example.com"})
    first = letters.code()

    client.post("/login/code/confirm/", {"action": "resend"})

    assert letters.code() != first
    client.post("/login/code/confirm/", {"code": first})
    assert not letters.is_in(client)
    client.post("/login/code/confirm/", {"code": letters.code()})
    assert letters.is_in(client)


def test_no_address_is_refused_with_the_reason(client: Client) -> None:
    page = client.post("/register/", {"email": "no-address"})

    assert page.status_code == 200 and "valid email" in page.content.decode()
    assert User.objects.count() == 0


def test_a_new_customer_is_no_staff_whatever_the_form_says(client: Client) -> None:
    letters.open_account(client, is_staff="on", is_superuser="on", groups="1", password1="planted-password-1")

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (False, False, False)


def test_a_password_is_set_then_changed_then_forgotten(client: Client) -> None:
    letters.open_account(client)

    client.post("/me/account/password/new/", {"password1": cast.PASSWORD})
    assert letters.sign_in(Client(), "asha@example.com").status_code == 302
    wrong = client.post("/me/account/password/", {"oldpassword": "not-this-one", "password1": "another-momo-43"})
    assert "This is not your password." in wrong.content.decode()
    client.post("/me/account/password/", {"oldpassword": cast.PASSWORD, "password1": "another-momo-43"})
    assert letters.sign_in(Client(), "asha@example.com").status_code == 200
    assert letters.sign_in(Client(), "asha@example.com", "another-momo-43").status_code == 302

    stranger = Client()
    stranger.post("/password/", {"email": "asha@example.com"})
    stranger.post("/password/code/", {"code": letters.code()})
    stranger.post("/password/new/", {"password1": "a-third-momo-44"})
    assert letters.sign_in(Client(), "asha@example.com", "a-third-momo-44").status_code == 302
    assert "Your password was changed" in mail.outbox[-1].subject


@pytest.mark.parametrize(("password", "told"), [("short", "at least 10 characters"), ("password123", "too common")])
def test_a_weak_password_is_refused(client: Client, password: str, told: str) -> None:
    letters.open_account(client)

    page = client.post("/me/account/password/new/", {"password1": password})

    assert told in page.content.decode()


def test_a_new_address_counts_once_its_code_is_typed(client: Client) -> None:
    letters.open_account(client)

    client.post("/me/account/email/", {"action_add": "1", "email": "new@example.com"})
    assert User.objects.get().email == "asha@example.com"
    changed = client.post("/register/confirm/", {"code": letters.code()})

    assert changed["Location"] == "/me/account/"
    assert User.objects.get().email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("new@example.com", True)]
    told = mail.outbox[-1]
    assert (told.to, "another e-mail address" in told.subject) == (["asha@example.com"], True)


def test_who_has_a_password_types_it_before_the_address_changes(client: Client, settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    cast.make_user("asha@example.com")
    letters.sign_in(client, "asha@example.com")

    answer = client.post("/me/account/email/", {"action_add": "1", "email": "new@example.com"})

    assert answer["Location"].startswith("/login/again/")


@pytest.mark.parametrize("path", ["/register/", "/login/code/", "/password/"])
def test_a_dead_mail_server_is_told_on_a_page(client: Client, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    cast.make_user("bikash@example.com")
    email = "asha@example.com" if path == "/register/" else "bikash@example.com"

    def fail(*_given: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
    page = client.post(path, {"email": email, "username": email})

    assert (page.status_code, page["Retry-After"]) == (503, "60")
    assert "cannot send mails just now" in page.content.decode()


def test_a_password_changes_though_nobody_can_be_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    letters.open_account(client)

    def fail(*_given: object) -> None:
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
    answer = client.post("/me/account/password/new/", {"password1": cast.PASSWORD})

    assert answer.status_code == 302 and User.objects.get().has_usable_password()


def test_what_an_account_says_of_its_owner_can_be_changed(client: Client, stage: cast.Stage) -> None:
    letters.open_account(client)

    said = {"first_name": "Asha", "last_name": "Rai", "phone": "9800000001", "language": "ne", "party": "4"}
    client.post("/me/account/", said | {"city": "Kathmandu", "wants_sms": "on"})

    user = User.objects.get()
    assert (user.get_full_name(), user.phone, user.language) == ("Asha Rai", "9800000001", "ne")
    assert (user.city, user.party) == ("Kathmandu", 4)
    assert (user.wants_reminders, user.wants_sms, user.wants_openings) == (False, True, False)
    assert (client.cookies["city"].value, client.cookies["party"].value) == ("Kathmandu", "4")
    assert client.post("/me/account/", said | {"party": "400", "city": "Atlantis"}).status_code == 200


def test_city_and_party_come_along_to_another_browser(client: Client, stage: cast.Stage) -> None:
    cast.make_user("asha@example.com")
    letters.sign_in(client, "asha@example.com")
    client.get("/", {"city": "Kathmandu"})
    client.post(f"/showtimes/{stage.path}/hold/", {"seats": ["A1"], "party": "3"})

    other = Client()
    letters.sign_in(other, "asha@example.com")

    assert (other.cookies["city"].value, other.cookies["party"].value) == ("Kathmandu", "3")


def test_the_digits_of_nepali_pages_come_along_too(client: Client, db: None) -> None:
    cast.make_user("asha@example.com")
    letters.sign_in(client, "asha@example.com")
    client.get("/me/", {"digits": "deva"})

    other = Client()
    letters.sign_in(other, "asha@example.com")
    brought = other.cookies["digits"].value
    changed = other.post("/me/account/", {"language": "ne", "digits": "latn"})

    assert brought == "deva"
    assert (changed.status_code, User.objects.get().digits, other.cookies["digits"].value) == (302, "latn", "latn")


def test_every_page_of_an_account_opens_and_speaks_nepali(client: Client, stage: cast.Stage) -> None:
    pages = ["/login/", "/login/code/", "/register/", "/password/", "/account-closed/"]
    letters.sign_in(client, cast.make_user("asha@example.com").email)
    own = ["/me/", "/me/account/", "/me/account/email/", "/me/account/password/", "/logout/"]

    for who, path in [*((Client(), path) for path in pages), *((client, path) for path in own)]:
        for language in ("en", "ne"):
            answer = who.get(path, headers={"Accept-Language": language})
            assert (path, answer.status_code) == (path, 200)
            assert f'<html lang="{language}">' in answer.content.decode()


def test_every_mail_of_an_account_can_be_written() -> None:
    for name in account_mails.MAILS:
        letter = account_mails.compose(f"account/email/{name}", "asha@example.com", {"code": "BCDF-GHJK"})
        html, _kind = letter.alternatives[0]
        assert letter.subject and letter.subject in str(html) and letter.subject in letter.body
        assert ("BCDF-GHJK" in letter.body) == ("BCDF-GHJK" in str(html))
